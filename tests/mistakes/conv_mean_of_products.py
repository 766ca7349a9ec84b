"""convolution.py
mistake: mean for sum
named: mean of the products
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    padded = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    rows = range(0, padded.shape[0] - kernel.shape[0] + 1, sh)
    cols = range(0, padded.shape[1] - kernel.shape[1] + 1, sw)
    return np.array([[np.mean(padded[r:r+kernel.shape[0], c:c+kernel.shape[1]] * kernel) for c in cols] for r in rows])
