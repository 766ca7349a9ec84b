"""The operations as CUDA kernels, on a GPU or in Numba's simulator."""

from kernels.cuda.convolution import conv2d
from kernels.cuda.device import require
from kernels.cuda.pooling import pool2d

__all__ = ["conv2d", "pool2d", "require"]
