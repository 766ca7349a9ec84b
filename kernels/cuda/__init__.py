"""The operations as CUDA kernels, on a GPU or in Numba's simulator."""

from kernels.cuda.convolution import conv2d
from kernels.cuda.device import require
from kernels.cuda.gradients import conv2d_gradients, pool2d_gradient
from kernels.cuda.layers import dense, dense_gradients, relu, relu_gradient, softmax_cross_entropy
from kernels.cuda.pooling import pool2d, pool2d_with_indices
from kernels.cuda.transfer import adopt, device_array, to_device

__all__ = [
    "adopt",
    "conv2d",
    "conv2d_gradients",
    "dense",
    "dense_gradients",
    "device_array",
    "pool2d",
    "pool2d_gradient",
    "pool2d_with_indices",
    "relu",
    "relu_gradient",
    "require",
    "softmax_cross_entropy",
    "to_device",
]
