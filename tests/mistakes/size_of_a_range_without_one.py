"""convolution.py
mistake: the range ends before the last position
named: last position left out
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return len(range(0, size + 2 * padding - kernel, stride))
