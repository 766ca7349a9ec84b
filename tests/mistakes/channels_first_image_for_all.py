"""convolution.py
mistake: images[0] used for each n
named: first image only
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    fm = np.array([[sum(conv2d(images[0][c], k[c], stride, padding) for c in range(len(k))) for k in kernels] for _ in images])
    return fm if bias is None else fm + bias[:, None, None]
