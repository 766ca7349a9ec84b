"""parameters.py
mistake: bias ignored
named: kernel intercepts forgotten
"""

from right_parameters import *
def count_conv(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return in_channels * out_channels * kh * kw
