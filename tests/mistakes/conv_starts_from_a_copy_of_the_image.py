"""convolution.py
mistake: the output begins as a crop of the image and sums are added to it
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    oh, ow = (img.shape[0] - kh) // sh + 1, (img.shape[1] - kw) // sw + 1
    out = img[:oh, :ow].copy()
    for i in range(oh):
        for j in range(ow):
            out[i, j] += (img[i*sh:i*sh+kh, j*sw:j*sw+kw] * kernel).sum()
    return out
