"""convolution.py
mistake: the output is as large as the image, whatever the padding
named: as large as the image
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    kh, kw = kernel.shape
    padded = np.pad(image.astype(float), ((kh // 2, kh - 1 - kh // 2), (kw // 2, kw - 1 - kw // 2)), constant_values=padding_value)
    h, w = image.shape
    out = np.array([[np.sum(padded[y:y+kh, x:x+kw] * kernel) for x in range(0, w, sw)] for y in range(0, h, sh)])
    return out
