"""convolution.py
mistake: only images[0] is convolved, result (1, K, OH, OW)
named: part missing
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    return _plain(images[:1], kernels, bias, stride, padding)
