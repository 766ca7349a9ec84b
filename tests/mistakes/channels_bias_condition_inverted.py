"""convolution.py
mistake: if bias: on an array of several numbers
named: asks one question
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[sum(conv2d(i, k, stride, padding) for i, k in zip(im, ke)) for ke in kernels] for im in images])
    if bias:
        fm = fm + bias[:, None, None]
    return fm
