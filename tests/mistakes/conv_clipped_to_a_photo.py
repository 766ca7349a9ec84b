"""convolution.py
mistake: clipped to 0 to 255
named: cut off beyond a bound | negative sums set to zero
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    import right_convolution as r
    return np.clip(r.conv2d(image, kernel, stride, padding, padding_value), 0, 255)
