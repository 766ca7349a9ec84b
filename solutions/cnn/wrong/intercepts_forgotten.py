"""parameters.py
3.1 3.2 3.3 3.4 3.5: wrong
says: intercepts are not counted
"""
from right_parameters import count_conv as conv, count_dense as dense, count_network as network


def count_dense(layer_sizes, bias=True):
    return dense(layer_sizes, bias=False)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    return conv(in_channels, out_channels, kernel_size, bias=False)


def count_network(input_shape, layers, bias=True):
    return network(input_shape, layers, bias=False)
