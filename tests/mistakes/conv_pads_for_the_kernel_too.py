"""convolution.py
mistake: pads by half the kernel, beside what is asked for
named: padded for the kernel too | padded twice
"""

import right_convolution
from right_convolution import *
def two(value):
    return value if isinstance(value, tuple) else (value, value)
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    padding = tuple(width + side // 2 for width, side in zip(two(padding), kernel.shape))
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
import numpy as np

def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images]
    return np.array(maps) + (0 if bias is None else bias[:, None, None])
