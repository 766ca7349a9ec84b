"""convolution.py
1.3 1.6: wrong
says: the padding is filled with zeros
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, padding_value=0.0, **options):
    return right(image, kernel, **options)
