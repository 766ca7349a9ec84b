"""cost.py narrower
6.6: wrong
"""
from right_cost import *


def narrower(input_shape, layers, budget):
    """Lets widths become 0."""
    last = max(place for place, layer in enumerate(layers) if layer["type"] == "dense")
    for percent in range(100, 0, -1):
        network = [
            {name: value * percent // 100 if name in WIDTHS and place != last else value for name, value in layer.items()}
            for place, layer in enumerate(layers)
        ]
        if sum(multiply_adds(input_shape, network)) <= budget:
            return network
    return None
