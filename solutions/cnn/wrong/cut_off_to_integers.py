"""convolution.py
1.3 1.6 1.7: wrong
says: truncated to integers
"""
import numpy as np
from right_convolution import conv2d as right, output_size, conv2d_channels


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    result = right(image, kernel, stride, padding, padding_value)
    feature_map = np.zeros(result.shape, int)
    feature_map[:] = result
    return feature_map
