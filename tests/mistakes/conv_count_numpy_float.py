"""parameters.py
mistake: returns a float
named: float for integer
"""

from right_parameters import *
import numpy as np
def count_conv(in_channels, out_channels, kernel_size, bias=True):
    k = np.prod(kernel_size) if isinstance(kernel_size, tuple) else kernel_size ** 2.0
    return (in_channels * k + bias) * out_channels
