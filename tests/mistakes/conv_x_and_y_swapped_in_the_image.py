"""convolution.py
mistake: img[x, y] for img[y, x]
named: last index of this axis | image transposed
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = (img.shape[0] - kh) // sh + 1, (img.shape[1] - kw) // sw + 1
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            for i in range(kh):
                for j in range(kw):
                    out[y, x] += img[x*sw+j, y*sh+i] * kernel[i, j]
    return out
