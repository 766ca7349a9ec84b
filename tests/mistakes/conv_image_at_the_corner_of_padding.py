"""convolution.py
mistake: the image is copied to the top left of the padded array
named: image in the corner of its padding
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    h, w = image.shape
    padded = np.ones((h + 2 * ph, w + 2 * pw)) * float(padding_value)
    padded[:h, :w] = image
    kh, kw = kernel.shape
    oh, ow = output_size(h, kh, sh, ph), output_size(w, kw, sw, pw)
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            out[y, x] = np.sum(padded[y*sh:y*sh+kh, x*sw:x*sw+kw] * kernel)
    return out
