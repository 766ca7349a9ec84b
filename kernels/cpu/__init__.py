"""The operations on all CPU cores, compiled by Numba and cached on disk.

Read pooling.py first, then convolution.py: tile.py says what its inner loop does, panel.py how pixels get there. Layers of
3x3 kernels have winograd.py, depthwise ones stencil.py. matrices.py says how dense layers use the same tile; activation.py
is ReLU. shares.py says how several threads take part.
"""

from kernels.cpu.activation import relu, relu_gradient
from kernels.cpu.convolution import conv2d
from kernels.cpu.convolution_gradients import conv2d_gradients
from kernels.cpu.layers import dense, dense_gradients, softmax_cross_entropy
from kernels.cpu.pooling import pool2d, pool2d_with_indices
from kernels.cpu.pooling_gradient import pool2d_gradient

__all__ = [
    "conv2d",
    "conv2d_gradients",
    "dense",
    "dense_gradients",
    "pool2d",
    "pool2d_gradient",
    "pool2d_with_indices",
    "relu",
    "relu_gradient",
    "softmax_cross_entropy",
]
