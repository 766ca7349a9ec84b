"""convolution.py
mistake: sums over the kernels as well: a single map each
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    return _plain(images, kernels, bias, stride, padding).sum(axis=1, keepdims=True)
