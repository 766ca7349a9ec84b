"""convolution.py
mistake: thinks that padding always keeps the size
named: padding taken to keep the size
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    if padding:
        return size // stride
    if kernel > size: return 0
    return (size - kernel) // stride + 1
