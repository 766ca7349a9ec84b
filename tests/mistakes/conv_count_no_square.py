"""parameters.py
mistake: the kernel size is not squared
named: number not squared
"""

from right_parameters import *
def count_conv(in_channels, out_channels, kernel_size, bias=True):
    if isinstance(kernel_size, tuple):
        k = kernel_size[0] * kernel_size[1]
    else:
        k = kernel_size
    return (in_channels * k + (1 if bias else 0)) * out_channels
