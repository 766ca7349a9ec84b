"""convolution.py
mistake: only the last kernel is kept: (N, 1, OH, OW)
named: part missing
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    return _plain(images, kernels, bias, stride, padding)[:, -1:]
