"""convolution.py
mistake: returns the padded image
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    return np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
