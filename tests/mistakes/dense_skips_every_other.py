"""parameters.py
mistake: pairs do not overlap
named: pairs that do not overlap
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum((a + bias) * b for a, b in zip(layer_sizes[::2], layer_sizes[1::2]))
