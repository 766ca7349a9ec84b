"""convolution.py
mistake: without brackets only the kernel is divided by the stride
named: brackets forgotten
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    out = size + 2 * padding - kernel // stride + 1
    return out if out > 0 else 0
