"""parameters.py
mistake: range stops one too early
named: last layer left out
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    total = 0
    for i in range(len(layer_sizes) - 2):
        total += (layer_sizes[i] + bias) * layer_sizes[i + 1]
    return total
