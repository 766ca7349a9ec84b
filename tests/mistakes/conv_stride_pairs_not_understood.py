"""convolution.py
mistake: takes the stride as a number: a pair crashes
named: used like a number
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = (img.shape[0] - kh) // stride + 1, (img.shape[1] - kw) // stride + 1
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            out[y, x] = np.sum(img[y*stride:y*stride+kh, x*stride:x*stride+kw] * kernel)
    return out
