"""The operations on all CPU cores, compiled by Numba and cached on disk."""

from kernels.cpu.convolution import conv2d
from kernels.cpu.pooling import pool2d

__all__ = ["conv2d", "pool2d"]
