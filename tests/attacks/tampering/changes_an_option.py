"""convolution.py
attack: computes rightly but destroys the bias, which it is given by name and not by place
1.4 1.8: wrong
says: changed its argument
"""
from right_convolution import *
from right_convolution import conv2d_channels as right


def conv2d_channels(images, kernels, bias=None, **options):
    answer = right(images, kernels, bias=bias, **options)
    if bias is not None:
        bias[...] = 0
    return answer
