"""convolution.py
mistake: range(0, H - kh, s)
named: one place too few | part missing | padding only before
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    return np.array([[(img[y:y+kh, x:x+kw] * kernel).sum() for x in range(0, img.shape[1] - kw, sw)] for y in range(0, img.shape[0] - kh, sh)])
