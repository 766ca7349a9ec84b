"""convolution.py
mistake: the height of the kernel is used for its width
named: last index of this axis
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    img = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    k = kernel.shape[0]
    oh, ow = (img.shape[0] - k) // sh + 1, (img.shape[1] - k) // sw + 1
    out = np.zeros((oh, ow))
    for y in range(oh):
        for x in range(ow):
            s = 0
            for i in range(k):
                for j in range(k):
                    s += img[y*sh+i, x*sw+j] * kernel[i, j]
            out[y, x] = s
    return out
