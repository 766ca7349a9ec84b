"""convolution.py
mistake: bias without [:, None, None]: broadcast along the columns, or a crash
named: align it with axis
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images])
    return fm if bias is None else fm + bias
