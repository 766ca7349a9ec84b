"""convolution.py
mistake: returns a float
named: float for integer
"""

from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    import math
    if kernel > size + 2 * padding: return 0
    return math.floor((size + 2 * padding - kernel) / stride) + 1.0
