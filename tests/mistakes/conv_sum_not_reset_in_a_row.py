"""convolution.py
mistake: the sum begins with 0 in each row, not for each output
named: sums run on
"""

import numpy as np
from right_convolution import *
def two(value):
    return value if isinstance(value, tuple) else (value, value)
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    (down, right), (above, beside) = two(stride), two(padding)
    padded = np.pad(image.astype(float), ((above, above), (beside, beside)), constant_values=padding_value)
    height, width = kernel.shape
    rows = []
    for y in range(0, len(padded) - height + 1, down):
        total, row = 0.0, []
        for x in range(0, padded.shape[1] - width + 1, right):
            total += (padded[y : y + height, x : x + width] * kernel).sum()
            row.append(total)
        rows.append(row)
    return np.array(rows)

def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images]
    return np.array(maps) + (0 if bias is None else bias[:, None, None])
