"""convolution.py
mistake: computed in the image's own type
named: overflowed
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image, ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = output_size(image.shape[0], kh, sh, ph), output_size(image.shape[1], kw, sw, pw)
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            out[y, x] = np.sum(img[y*sh:y*sh+kh, x*sw:x*sw+kw] * kernel)
    return out
