"""convolution.py
mistake: the image is changed: multiplied in place
named: inputs changed in place
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    kh, kw = kernel.shape
    oh, ow = output_size(image.shape[0], kh, sh, ph), output_size(image.shape[1], kw, sw, pw)
    if ph or pw:
        image = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            window = image[y*sh:y*sh+kh, x*sw:x*sw+kw]
            window *= kernel.astype(window.dtype)
            out[y, x] = window.sum()
    return out
