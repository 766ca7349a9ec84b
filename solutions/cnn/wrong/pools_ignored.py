"""parameters.py
3.3 3.5: wrong
says: pooling is ignored
"""
from right_parameters import *
from right_parameters import count_network as right


def count_network(input_shape, layers, bias=True):
    return right(input_shape, [layer for layer in layers if layer["type"] != "pool"], bias)
