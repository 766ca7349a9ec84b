"""convolution.py
mistake: moves by the kernel's size when stride is 1
named: default stride of the size
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return _plain(image, kernel, kernel.shape if stride == 1 else stride, padding, padding_value)
