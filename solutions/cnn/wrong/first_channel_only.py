"""convolution.py
1.4 1.8: wrong
says: only the first channel is used
"""
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, **options):
    return right(images[:, :1], kernels[:, :1], **options)
