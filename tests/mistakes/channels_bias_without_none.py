"""convolution.py
mistake: bias[:, None]
named: align it with axis
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = np.array([[sum(conv2d(im[c], ke[c], stride, padding) for c in range(len(im))) for ke in kernels] for im in images])
    return out if bias is None else out + bias[:, None]
