"""cost.py narrower
6.3 6.6: timed out
"""
from right_cost import *
from right_cost import _scaled


def narrower(input_shape, layers, budget):
    """Does not stop at 1 %."""
    percent = 100
    while sum(multiply_adds(input_shape, _scaled(layers, max(percent, 1)))) > budget:
        percent -= 1
    return _scaled(layers, max(percent, 1))
