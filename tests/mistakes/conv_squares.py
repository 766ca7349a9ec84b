"""convolution.py
mistake: the window is multiplied with itself and the kernel
"""

import numpy as np
from right_convolution import *
from right_convolution import conv2d as _plain
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    image = image.astype(float)
    return _plain(image ** 2, kernel, stride, padding, padding_value ** 2)
