"""convolution.py
mistake: calls conv2d without stride and padding
"""

import numpy as np
from right_convolution import *
def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = []
    for img in images:
        maps = []
        for kern in kernels:
            s = 0
            for c in range(img.shape[0]):
                s = s + conv2d(img[c], kern[c])
            maps.append(s)
        out.append(maps)
    out = np.array(out)
    if bias is not None:
        out = out + bias.reshape(1, -1, 1, 1)
    return out
