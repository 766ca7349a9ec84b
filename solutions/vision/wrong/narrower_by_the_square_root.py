"""cost.py narrower
6.3 6.6: wrong
"""
from right_cost import *
from right_cost import _scaled


def narrower(input_shape, layers, budget):
    """Takes work for the square of the widths. It nearly is, but the image's channels and the classes stay."""
    work = sum(multiply_adds(input_shape, layers))
    percent = min(100, int(100 * (budget / work) ** 0.5))
    network = _scaled(layers, max(percent, 1))
    return network if sum(multiply_adds(input_shape, network)) <= budget else None
