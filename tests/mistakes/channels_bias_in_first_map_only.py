"""convolution.py
mistake: the bias is added to the first image only
named: off by the same in each plane
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = _plain(images, kernels, None, stride, padding)
    if bias is not None:
        fm[0] += bias[:, None, None]
    return fm
