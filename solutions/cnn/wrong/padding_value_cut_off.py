"""convolution.py
1.7: wrong
says: int
"""
import numpy as np
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """np.pad keeps the image's type, so that an image of integers is padded with -2 where -2.5 was asked for."""
    if image.dtype.kind in "iu":
        padding_value = int(padding_value)
    return right(image, kernel, stride, padding, padding_value)
