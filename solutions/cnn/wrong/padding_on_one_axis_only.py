"""convolution.py
1.3 1.6: wrong
says: the first number of the padding is used for both axes
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return right(image, kernel, stride, padding[0] if isinstance(padding, tuple) else padding, padding_value)
