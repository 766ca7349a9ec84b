"""convolution.py
1.4 1.8: wrong
says: truncated to integers
"""
import numpy as np
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    result = right(images, kernels, bias, stride, padding)
    feature_maps = np.zeros(result.shape, dtype=int)
    feature_maps += result.astype(int)
    return feature_maps
