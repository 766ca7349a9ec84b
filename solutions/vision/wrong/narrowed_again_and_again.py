"""cost.py narrower
6.3 6.6: wrong
"""
from right_cost import *


def narrower(input_shape, layers, budget):
    """Changes the layers that it was given, and goes on from those."""
    last = max(place for place, layer in enumerate(layers) if layer["type"] == "dense")
    for percent in range(100, 0, -1):
        for place, layer in enumerate(layers):
            for name in WIDTHS:
                if name in layer and place != last:
                    layer[name] = max(1, layer[name] * percent // 100)
        if sum(multiply_adds(input_shape, layers)) <= budget:
            return list(layers)
    return None
