"""convolution.py
mistake: np.squeeze removes axes of length 1
named: another shape
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as _plain
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    return np.squeeze(_plain(images, kernels, bias, stride, padding))
