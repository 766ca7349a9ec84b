"""convolution.py conv2d
1.3 1.6 1.7: wrong
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return right(image.astype(int), kernel, stride, padding, padding_value)
