"""convolution.py
mistake: rounded up
named: rounded up
"""

import math
from right_convolution import *
def output_size(size, kernel, stride=1, padding=0):
    if kernel > size + 2 * padding:
        return 0
    return math.ceil((size + 2 * padding - kernel) / stride) + 1
