"""convolution.py
mistake: rows and columns of the result are swapped
named: columns before rows | result transposed
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    ow = (img.shape[1] - kw) // sw + 1
    oh = (img.shape[0] - kh) // sh + 1
    out = np.zeros((ow, oh))
    for x in range(ow):
        for y in range(oh):
            out[x][y] = (img[y*sh:y*sh+kh, x*sw:x*sw+kw] * kernel).sum()
    return out
