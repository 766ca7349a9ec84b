"""parameters.py
mistake: return inside the loop: only the first layer
named: first layer only
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    total = 0
    for a, b in zip(layer_sizes[:-1], layer_sizes[1:]):
        total += a * b
        if bias:
            total += b
        return total
    return total
