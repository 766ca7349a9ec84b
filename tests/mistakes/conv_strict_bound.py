"""convolution.py
mistake: the last row and column of outputs stay zero: < instead of <=
named: places left zero
"""

import numpy as np
from right_convolution import *
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if isinstance(stride, tuple): sy, sx = stride
    else: sy = sx = stride
    if isinstance(padding, tuple): py, px = padding
    else: py = px = padding
    k_r, k_c = kernel.shape
    img = np.full((image.shape[0] + 2 * py, image.shape[1] + 2 * px), float(padding_value))
    img[py:py + image.shape[0], px:px + image.shape[1]] = image
    oh, ow = (img.shape[0] - k_r) // sy + 1, (img.shape[1] - k_c) // sx + 1
    out = np.zeros((oh, ow))
    for i in range(oh):
        for j in range(ow):
            if i * sy + k_r < img.shape[0] and j * sx + k_c < img.shape[1]:
                out[i, j] = np.sum(img[i * sy:i * sy + k_r, j * sx:j * sx + k_c] * kernel)
    return out
