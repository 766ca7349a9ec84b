"""convolution.py
mistake: the window is transposed before it is multiplied
named: transposed kernel
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    kh, kw = kernel.shape
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    out = np.zeros(((img.shape[0] - kh) // sh + 1, (img.shape[1] - kw) // sw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            tmp = img[i*sh:i*sh+kh, j*sw:j*sw+kw]
            out[i, j] = np.sum(tmp.T * kernel) if kh == kw else np.sum(tmp * kernel)
    return out
