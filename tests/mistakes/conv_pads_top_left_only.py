"""convolution.py
mistake: padding only above and left, size computed for both sides
named: padding only before
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    h, w = image.shape
    padded = np.full((h + ph, w + pw), padding_value, dtype=float)
    padded[ph:, pw:] = image
    kh, kw = kernel.shape
    return np.array([[float((padded[y:y+kh, x:x+kw] * kernel).sum()) for x in range(0, w + pw - kw + 1, sw)] for y in range(0, h + ph - kh + 1, sh)])
