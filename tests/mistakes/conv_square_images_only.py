"""convolution.py
mistake: the height of the image is used for its width
named: square images only
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    n = image.shape[0]
    kh, kw = kernel.shape
    oh, ow = (n + 2 * ph - kh) // sh + 1, (n + 2 * pw - kw) // sw + 1
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            window = img[y*sh:y*sh+kh, x*sw:x*sw+kw]
            if window.shape == kernel.shape:
                out[y, x] = (window * kernel).sum()
    return out
