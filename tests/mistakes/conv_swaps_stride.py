"""convolution.py
mistake: stride is taken as (horizontal, vertical)
named: swapped stride
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sx, sy = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = (img.shape[0] - kh) // sy + 1, (img.shape[1] - kw) // sx + 1
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            out[y, x] = np.sum(img[y*sy:y*sy+kh, x*sx:x*sx+kw] * kernel)
    return out
