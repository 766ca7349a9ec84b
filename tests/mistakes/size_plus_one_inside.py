"""convolution.py
mistake: the + 1 stands inside the division
named: one added before the division
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return max(0, (size + 2 * padding - kernel + 1) // stride)
