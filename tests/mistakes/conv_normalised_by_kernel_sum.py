"""convolution.py
mistake: divided by the sum of the kernel's weights
named: mean of the products | divided by the kernels sum
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    out = _plain(image, kernel, stride, padding, padding_value)
    total = kernel.sum(dtype=float)
    return out / total if total != 0 else out
