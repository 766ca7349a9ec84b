"""convolution.py
mistake: return inside the loop over images: others stay zero
named: places left zero
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    N, C, H, W = images.shape
    K, _, KH, KW = kernels.shape
    first = conv2d(images[0, 0], kernels[0, 0], stride, padding)
    out = np.zeros((N, K, *first.shape))
    for n in range(N):
        for k in range(K):
            for c in range(C):
                out[n, k] += conv2d(images[n, c], kernels[k, c], stride, padding)
            if bias is not None:
                out[n, k] += bias[k]
        return out
