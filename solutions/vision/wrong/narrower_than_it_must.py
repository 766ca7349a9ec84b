"""cost.py narrower
6.3 6.6: wrong
"""
from right_cost import *
from right_cost import _scaled


def narrower(input_shape, layers, budget):
    """Goes down in steps of ten."""
    for percent in [*range(100, 0, -10), 1]:
        network = _scaled(layers, percent)
        if sum(multiply_adds(input_shape, network)) <= budget:
            return network
    return None
