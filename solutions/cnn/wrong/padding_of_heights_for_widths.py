"""parameters.py
3.5: wrong
says: Expected
"""
from right_parameters import *
from right_parameters import count_network as right


def count_network(input_shape, layers, bias=True):
    layers = [
        {**layer, "padding": layer["padding"][0]} if isinstance(layer.get("padding"), tuple) else layer for layer in layers
    ]
    return right(input_shape, layers, bias)
