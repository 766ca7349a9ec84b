"""convolution.py
mistake: only the last image's maps are returned, (K, OH, OW)
named: axis lost
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    for n in range(len(images)):
        maps = []
        for k in range(len(kernels)):
            m = sum(conv2d(images[n, c], kernels[k, c], stride, padding) for c in range(images.shape[1]))
            if bias is not None:
                m = m + bias[k]
            maps.append(m)
    return np.array(maps)
