"""convolution.py
mistake: kernels[c, k]
named: last index of this axis
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = np.array([[sum(conv2d(im[c], kernels[c, k], stride, padding) for c in range(images.shape[1])) for k in range(kernels.shape[0])] for im in images])
    return out if bias is None else out + bias[:, None, None]
