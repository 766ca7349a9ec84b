"""convolution.py
1.6: wrong
says: the first number of the padding is used for both axes
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, padding=0, **options):
    return right(image, kernel, padding=padding[0] if isinstance(padding, tuple) else padding, **options)
