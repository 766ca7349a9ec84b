"""The operations in NumPy alone: all windows of an image as one array, then one reduction over them."""

from kernels.plain.windows import conv2d, pool2d

__all__ = ["conv2d", "pool2d"]
