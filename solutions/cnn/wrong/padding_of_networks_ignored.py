"""parameters.py
3.5: wrong
says: the padding of a convolution is ignored
"""
from right_parameters import *
from right_parameters import count_network as right


def count_network(input_shape, layers, bias=True):
    return right(input_shape, [{**layer, "padding": 0} for layer in layers], bias)
