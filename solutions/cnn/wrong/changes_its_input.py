"""convolution.py
1.2 1.3 1.6 1.7: wrong
says: changed its argument number 1
"""
from right_convolution import *
from right_convolution import conv2d as right


def conv2d(image, kernel, **options):
    result = right(image, kernel, **options)
    image[0, 0] += 1
    return result
