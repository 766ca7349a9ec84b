"""convolution.py
1.2 1.3 1.6: wrong
says: the stride is ignored
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return right(image, kernel, 1, padding, padding_value)
