"""convolution.py
mistake: isinstance(stride, int) fails for np.int64
named: isinstance(value, tuple)
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if isinstance(stride, int):
        stride = (stride, stride)
    sh, sw = stride
    return _plain(image, kernel, (sh, sw), padding, padding_value)
