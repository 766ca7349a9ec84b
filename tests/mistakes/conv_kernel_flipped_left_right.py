"""convolution.py
mistake: the kernel is mirrored left to right only
named: kernel mirrored
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return _plain(image, np.fliplr(kernel), stride, padding, padding_value)
