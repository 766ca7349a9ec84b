"""convolution.py
mistake: the bias is added once per channel
named: bias for each channel
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    b = np.zeros(len(kernels)) if bias is None else bias
    return np.array([[sum(conv2d(im[c], ke[c], stride, padding) + b[k] for c in range(len(im))) for k, ke in enumerate(kernels)] for im in images])
