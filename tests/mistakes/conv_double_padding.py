"""convolution.py
mistake: pads twice
named: padded twice
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    image = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    return _plain(image, kernel, stride, padding, padding_value)
