"""convolution.py
all: passed
"""
import numpy as np
from right_convolution import conv2d as right, conv2d_channels as right_channels, output_size as right_size


def output_size(size, kernel, stride=1, padding=0):
    return np.int64(right_size(size, kernel, stride, padding))


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """Returns what nobody may write into, in the order of Fortran, and in more digits than needed."""
    result = np.asfortranarray(right(image, kernel, stride, padding, padding_value).astype(np.longdouble))
    result.flags.writeable = False
    return result


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    """Returns every second number of a larger array."""
    result = right_channels(images, kernels, bias, stride, padding)
    large = np.full((*result.shape[:-1], 2 * result.shape[-1]), np.nan)
    large[..., ::2] = result
    return large[..., ::2]
