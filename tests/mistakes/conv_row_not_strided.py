"""convolution.py
mistake: only the column index is multiplied by the stride
named: row without stride
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    out = np.zeros((output_size(image.shape[0], kh, sh, ph), output_size(image.shape[1], kw, sw, pw)))
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = (img[y:y+kh, x*sw:x*sw+kw] * kernel).sum()
    return out
