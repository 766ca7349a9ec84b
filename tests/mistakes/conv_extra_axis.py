"""convolution.py
mistake: an axis too many: (1, OH, OW)
named: another shape
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    out = _plain(image, kernel, stride, padding, padding_value)
    return out[np.newaxis, :, :]
