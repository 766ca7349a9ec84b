"""convolution.py
mistake: a kernel that is larger than the axis gives a negative number
named: no end at zero
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return (size - kernel + 2 * padding) // stride + 1
