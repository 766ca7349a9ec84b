"""convolution.py
mistake: flipped by 180 degrees
named: flipped kernel
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    padded = np.pad(image.astype(float), ((ph, ph), (pw, pw)), constant_values=padding_value)
    kernel = np.rot90(kernel, 2)
    out = []
    for y in range(0, padded.shape[0] - kernel.shape[0] + 1, sh):
        row = []
        for x in range(0, padded.shape[1] - kernel.shape[1] + 1, sw):
            total = 0.0
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    total += padded[y + i, x + j] * float(kernel[i, j])
            row.append(total)
        out.append(row)
    return np.array(out)
