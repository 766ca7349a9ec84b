"""convolution.py
mistake: the padding is added after the division
named: padding added at last
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    if size + 2 * padding < kernel:
        return 0
    return (size - kernel) // stride + 1 + 2 * padding
