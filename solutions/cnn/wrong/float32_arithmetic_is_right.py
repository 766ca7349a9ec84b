"""convolution.py
all: passed
"""
import numpy as np
from right_convolution import *


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    """Seven loops in float32, from the last product to the first."""
    (down, right), (above, beside) = (value if isinstance(value, tuple) else (value, value) for value in (stride, padding))
    padded = np.pad(images, ((0, 0), (0, 0), (above, above), (beside, beside)))
    n, c, h, w = padded.shape
    k, _, kh, kw = kernels.shape
    result = np.zeros((n, k, (h - kh) // down + 1, (w - kw) // right + 1), np.float32)
    for index in np.ndindex(result.shape):
        total = np.float32(0)
        for place in reversed(list(np.ndindex(c, kh, kw))):
            pixel = padded[index[0], place[0], index[2] * down + place[1], index[3] * right + place[2]]
            total += np.float32(pixel) * np.float32(kernels[index[1]][place])
        result[index] = total + (0 if bias is None else bias[index[1]])
    return result
