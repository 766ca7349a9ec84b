"""convolution.py
mistake: mean over channels
named: channels averaged
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[np.mean([conv2d(i, k, stride, padding) for i, k in zip(im, ke)], axis=0) for ke in kernels] for im in images])
    return fm if bias is None else fm + bias[:, None, None]
