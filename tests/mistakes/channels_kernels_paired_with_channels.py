"""convolution.py
mistake: kernel c meets channel c only (depthwise): kernels[c % K]
named: kernel shared by channels
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = np.array([[sum(conv2d(img[c], ker[0], stride, padding) for c in range(len(img))) for ker in kernels] for img in images])
    return out if bias is None else out + bias[:, None, None]
