"""convolution.py
mistake: out += instead of out[row, column] =
named: sum in all places
"""

import numpy as np
from right_convolution import *
def two(value):
    return value if isinstance(value, tuple) else (value, value)
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    (down, right), (above, beside) = two(stride), two(padding)
    height, width = kernel.shape
    padded = np.pad(image.astype(float), ((above, above), (beside, beside)), constant_values=padding_value)
    rows, columns = (len(padded) - height) // down + 1, (padded.shape[1] - width) // right + 1
    out = np.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            out += (padded[y * down : y * down + height, x * right : x * right + width] * kernel).sum()
    return out

def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images]
    return np.array(maps) + (0 if bias is None else bias[:, None, None])
