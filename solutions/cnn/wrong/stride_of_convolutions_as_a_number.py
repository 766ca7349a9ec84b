"""parameters.py
3.5: wrong
says: Expected
"""
from right_parameters import *
from right_parameters import count_network as right


def count_network(input_shape, layers, bias=True):
    """Sees a stride only where it is a pair."""
    layers = [
        {**layer, "stride": 1} if layer["type"] == "conv" and not isinstance(layer.get("stride", 1), tuple) else layer
        for layer in layers
    ]
    return right(input_shape, layers, bias)
