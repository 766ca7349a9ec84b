"""convolution.py
mistake: pairs are read as (horizontal, vertical)
named: pairs swapped | swapped padding | swapped stride
"""

import numpy as np
from right_convolution import *
def two(value):
    return value if isinstance(value, tuple) else (value, value)
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    (right, down), (beside, above) = two(stride), two(padding)
    padded = np.pad(image.astype(float), ((above, above), (beside, beside)), constant_values=padding_value)
    height, width = kernel.shape
    rows, columns = range(0, len(padded) - height + 1, down), range(0, padded.shape[1] - width + 1, right)
    return np.array([[(padded[y : y + height, x : x + width] * kernel).sum() for x in columns] for y in rows])

def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images]
    return np.array(maps) + (0 if bias is None else bias[:, None, None])
