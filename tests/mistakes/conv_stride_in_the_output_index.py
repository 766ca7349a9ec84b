"""convolution.py
mistake: writes to out[i, j] with i running over the image by the stride: gaps of zeros
named: zeros in between
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kh, kw = kernel.shape
    H, W = img.shape[0] - kh + 1, img.shape[1] - kw + 1
    out = np.zeros((H, W))
    for i in range(0, H, sh):
        for j in range(0, W, sw):
            out[i, j] = (img[i:i+kh, j:j+kw] * kernel).sum()
    return out
