"""convolution.py
mistake: + 2 for + 1
named: off by one
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    if size + 2 * padding < kernel: return 0
    return (size + 2 * padding - kernel) // stride + 2
