"""convolution.py
1.8: wrong
says: outputs
"""
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, **options):
    return right(images, kernels, **options).round(4)
