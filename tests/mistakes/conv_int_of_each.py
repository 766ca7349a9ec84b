"""convolution.py
mistake: int(...) of each sum
named: cut off to integers
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return np.array([[float(int(v)) for v in row] for row in _plain(image, kernel, stride, padding, padding_value)])
