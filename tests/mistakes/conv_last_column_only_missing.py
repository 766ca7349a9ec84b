"""convolution.py
mistake: inner loop runs to ow - 1
named: places left zero
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    padded = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    oh = output_size(image.shape[0], kernel.shape[0], sh, ph)
    ow = output_size(image.shape[1], kernel.shape[1], sw, pw)
    result = np.zeros((oh, ow))
    for r in range(oh):
        for c in range(ow - 1):
            result[r, c] = (padded[r*sh:r*sh+kernel.shape[0], c*sw:c*sw+kernel.shape[1]] * kernel).sum()
    return result
