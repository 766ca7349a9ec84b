"""parameters.py
3.5: wrong
says: Expected
"""
from right_parameters import *
from right_parameters import count_network as right


def count_network(input_shape, layers, bias=True):
    """Takes the first number of a pool's stride for both axes."""
    layers = [
        {**layer, "stride": layer["stride"][0]} if layer["type"] == "pool" and isinstance(layer.get("stride"), tuple) else layer
        for layer in layers
    ]
    return right(input_shape, layers, bias)
