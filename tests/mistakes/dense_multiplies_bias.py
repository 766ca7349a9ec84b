"""parameters.py
mistake: bias for the whole network once
named: one intercept for all layers
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(a * b for a, b in zip(layer_sizes, layer_sizes[1:])) + (1 if bias else 0)
