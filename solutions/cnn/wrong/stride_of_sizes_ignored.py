"""convolution.py
1.1 1.5: wrong
says: the stride is ignored
"""
from right_convolution import conv2d, conv2d_channels


def output_size(size, kernel, stride=1, padding=0):
    return max(size + 2 * padding - kernel + 1, 0)
