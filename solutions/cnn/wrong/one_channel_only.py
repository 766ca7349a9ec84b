"""parameters.py
3.2 3.4: wrong
says: A kernel is as deep as its input
"""
from right_parameters import *


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    height, width = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return (height * width + bias) * out_channels
