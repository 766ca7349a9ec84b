"""convolution.py
1.6: wrong
says: vertical and horizontal stride are swapped
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return right(image, kernel, stride[::-1] if isinstance(stride, tuple) else stride, padding, padding_value)
