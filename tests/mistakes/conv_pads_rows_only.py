"""convolution.py
mistake: padding on top and bottom only
named: padding of rows only
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    ph = padding[0] if isinstance(padding, tuple) else padding
    return _plain(image, kernel, stride, (ph, 0), padding_value)
