"""convolution.py
mistake: the bias is multiplied
named: multiplied by the bias
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[sum(conv2d(i, k, stride, padding) for i, k in zip(image, kernel)) for kernel in kernels] for image in images])
    return fm if bias is None else fm * np.reshape(bias, (-1, 1, 1))
