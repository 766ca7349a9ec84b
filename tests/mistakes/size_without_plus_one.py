"""convolution.py
mistake: the + 1 is missing
named: first place forgotten
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    n = (size - kernel + 2 * padding) // stride
    return max(n, 0)
