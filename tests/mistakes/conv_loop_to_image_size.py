"""convolution.py
mistake: loops over the size of the image instead of the output: index out of bounds
named: last index of this axis | places left zero
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = output_size(image.shape[0], kh, sh, ph), output_size(image.shape[1], kw, sw, pw)
    out = np.zeros((oh, ow))
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            out[y, x] = np.sum(img[y*sh:y*sh+kh, x*sw:x*sw+kw] * kernel)
    return out
