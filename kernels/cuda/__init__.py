"""The operations as CUDA kernels, on a GPU or in Numba's simulator."""

from kernels.cuda.convolution import conv2d
from kernels.cuda.device import require
from kernels.cuda.pooling import pool2d
from kernels.cuda.transfer import adopt, device_array, to_device

__all__ = ["adopt", "conv2d", "device_array", "pool2d", "require", "to_device"]
