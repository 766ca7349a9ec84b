"""convolution.py
mistake: returns a list of lists
named: list for array
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return _plain(image, kernel, stride, padding, padding_value).tolist()
