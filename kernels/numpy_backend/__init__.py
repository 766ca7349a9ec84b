"""The operations in NumPy alone."""

from kernels.numpy_backend.gradients import conv2d_gradients, pool2d_gradient
from kernels.numpy_backend.layers import dense, dense_gradients, relu, relu_gradient, softmax_cross_entropy
from kernels.numpy_backend.windows import conv2d, pool2d, pool2d_with_indices

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
