"""parameters.py
mistake: channels of the input are forgotten
named: kernel without depth
"""

from right_parameters import *
def count_conv(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return (kh * kw + bias) * out_channels
