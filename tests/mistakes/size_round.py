"""convolution.py
mistake: rounded to the nearest
named: rounded up | rounded to the nearest
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    if size + 2 * padding < kernel:
        return 0
    return round((size + 2 * padding - kernel) / stride + 1)
