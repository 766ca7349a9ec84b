"""convolution.py
mistake: the pair of paddings goes to np.pad as it is: (before, after)
named: padding read as before and after
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return _plain(np.pad(image.astype(float), padding, constant_values=padding_value), kernel, stride)
