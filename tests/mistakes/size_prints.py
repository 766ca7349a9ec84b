"""convolution.py
mistake: returns a string
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return str(max(0, (size + 2 * padding - kernel) // stride + 1))
