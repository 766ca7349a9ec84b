"""convolution.py
mistake: the result is (K, N, OH, OW)
named: axes in another order
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = []
    for k, kernel in enumerate(kernels):
        of_kernel = []
        for image in images:
            total = sum(conv2d(image[c], kernel[c], stride, padding) for c in range(image.shape[0]))
            of_kernel.append(total if bias is None else total + bias[k])
        maps.append(of_kernel)
    return np.array(maps)
