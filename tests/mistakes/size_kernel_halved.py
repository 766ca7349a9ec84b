"""convolution.py
mistake: subtracts kernel // 2 * 2 (as if odd)
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return max(0, (size + 2 * padding - 2 * (kernel // 2) - 1) // stride + 1)
