"""convolution.py
1.1 1.5: wrong
says: Your number is right, but a float: divide with // rather than /.
"""
import numpy as np

from right_convolution import *


def output_size(size, kernel, stride=1, padding=0):
    return np.floor((size + 2 * padding - kernel) / stride) + 1
