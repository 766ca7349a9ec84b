"""convolution.py
mistake: size uses one padding, the padded image two
named: padding only before
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = (image.shape[0] + ph - kh) // sh + 1, (image.shape[1] + pw - kw) // sw + 1
    out = np.zeros((max(oh, 0), max(ow, 0)))
    for y in range(oh):
        for x in range(ow):
            out[y, x] = (img[y*sh:y*sh+kh, x*sw:x*sw+kw] * kernel).sum()
    return out
