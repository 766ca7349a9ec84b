"""convolution.py
mistake: computed in float16
named: half precision
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    import right_convolution as r
    with np.errstate(all="ignore"):
        return r.conv2d(image, kernel, stride, padding, padding_value).astype(np.float16)
