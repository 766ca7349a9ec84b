"""convolution.py
1.2 1.3 1.6 1.7: wrong
says: the stride is ignored
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, **options):
    return right(image, kernel, **options)
