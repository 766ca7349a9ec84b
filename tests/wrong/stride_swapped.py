"""convolution.py
1.6: wrong
says: vertical and horizontal stride are swapped
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, stride=1, **options):
    return right(image, kernel, stride=stride[::-1] if isinstance(stride, tuple) else stride, **options)
