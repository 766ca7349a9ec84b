"""convolution.py
mistake: the maximum over channels instead of their sum
named: largest of the channels
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = np.array([[np.max([conv2d(img[c], ker[c], stride, padding) for c in range(len(ker))], axis=0) for ker in kernels] for img in images])
    return out if bias is None else out + bias.reshape(1, -1, 1, 1)
