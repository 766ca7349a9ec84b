"""The operations on all CPU cores, compiled by Numba and cached on disk; what is one matrix product is left to NumPy."""

from kernels.cpu.convolution import conv2d
from kernels.cpu.pooling import pool2d
from kernels.plain.layers import dense, dense_gradients, relu, relu_gradient, softmax_cross_entropy

__all__ = ["conv2d", "dense", "dense_gradients", "pool2d", "relu", "relu_gradient", "softmax_cross_entropy"]
