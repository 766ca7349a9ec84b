"""convolution.py
1.1 1.5: wrong
says: the division is rounded up
"""
from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    return -(-(size + 2 * padding - kernel) // stride) + 1
