"""convolution.py
1.4 1.8: crashed
says: TypeError
"""
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, bias=None, **options):
    return right(images, kernels, **options) + bias[:, None, None]
