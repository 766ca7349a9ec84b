"""convolution.py
mistake: rounded to two decimals
named: rounded
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    import right_convolution
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value).round(2)
