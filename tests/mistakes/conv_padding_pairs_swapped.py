"""convolution.py
mistake: padding as (horizontal, vertical)
named: swapped padding
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if isinstance(padding, tuple):
        padding = padding[::-1]
    return _plain(image, kernel, stride, padding, padding_value)
