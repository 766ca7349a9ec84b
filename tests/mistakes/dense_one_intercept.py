"""parameters.py
mistake: one intercept per layer
named: one intercept per layer
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(a * b + (1 if bias else 0) for a, b in zip(layer_sizes, layer_sizes[1:]))
