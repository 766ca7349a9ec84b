"""convolution.py
mistake: a flat array: all outputs in one row
named: another shape
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    sums = []
    for i in range(0, img.shape[0] - kh + 1, sh):
        for j in range(0, img.shape[1] - kw + 1, sw):
            sums.append(float((img[i:i+kh, j:j+kw] * kernel).sum()))
    return np.array(sums)
