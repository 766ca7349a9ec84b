"""convolution.py
mistake: last row never written in an array of ones
named: wrong at the end
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    right = _plain(image, kernel, stride, padding, padding_value)
    out = np.ones_like(right)
    for i in range(right.shape[0] - 1):
        out[i] = right[i]
    return out
