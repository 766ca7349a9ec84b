"""convolution.py
1.6: crashed
says: TypeError
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """Takes it that both are pairs where one is."""
    if isinstance(stride, tuple):
        padding = padding[0], padding[1]
    return right(image, kernel, stride, padding or 0, padding_value)
