"""convolution.py
mistake: channels come last in the result, as in TensorFlow
named: axes in another order
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    return _plain(images, kernels, bias, stride, padding).transpose(0, 2, 3, 1)
