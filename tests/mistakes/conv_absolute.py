"""convolution.py
mistake: absolute values of the sums
named: signs lost
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return np.abs(_plain(image, kernel, stride, padding, padding_value))
