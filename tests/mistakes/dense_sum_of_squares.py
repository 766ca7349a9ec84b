"""parameters.py
mistake: each layer is connected with itself
named: layers connected with themselves
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(n * n for n in layer_sizes[1:]) + (sum(layer_sizes[1:]) if bias else 0)
