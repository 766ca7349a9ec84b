"""convolution.py
mistake: padding wraps around (np.pad mode)
named: padding wraps around
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    return _plain(np.pad(image, ((ph, ph), (pw, pw)), mode="wrap"), kernel, stride)
