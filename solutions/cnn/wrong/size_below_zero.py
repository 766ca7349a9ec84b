"""convolution.py
1.1 1.5: wrong
says: Expected 0, received -1
"""
from right_convolution import conv2d, conv2d_channels


def output_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1
