"""parameters.py
mistake: intercepts for the inputs too
named: intercepts for inputs
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(a * b for a, b in zip(layer_sizes, layer_sizes[1:])) + (sum(layer_sizes) if bias else 0)
