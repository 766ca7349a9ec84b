"""convolution.py
mistake: int() rounds towards zero
named: cut off towards zero | no end at zero
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    return int((size + 2 * padding - kernel) / stride) + 1
