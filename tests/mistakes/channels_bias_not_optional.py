"""convolution.py
mistake: bias is used without a look whether it is None
named: Something is None
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[sum(conv2d(i, k, stride, padding) for i, k in zip(im, ke)) for ke in kernels] for im in images])
    for k in range(len(kernels)):
        fm[:, k] += bias[k]
    return fm
