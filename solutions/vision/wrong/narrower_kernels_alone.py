"""cost.py narrower
6.3 6.6: wrong
"""
from right_cost import *


def narrower(input_shape, layers, budget):
    """Leaves dense layers as they are."""
    for percent in range(100, 0, -1):
        network = [
            {**layer, "out_channels": max(1, layer["out_channels"] * percent // 100)} if layer["type"] == "conv" else layer
            for layer in layers
        ]
        if sum(multiply_adds(input_shape, network)) <= budget:
            return network
    return None
