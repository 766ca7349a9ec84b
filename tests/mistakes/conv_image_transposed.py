"""convolution.py
mistake: convolves the transposed image
named: image transposed
"""

import numpy as np
import right_convolution
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return right_convolution.conv2d(image.T, kernel, stride, padding, padding_value)

def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images]
    return np.array(maps) + (0 if bias is None else bias[:, None, None])
