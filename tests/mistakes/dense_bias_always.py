"""parameters.py
mistake: bias always counted
named: intercepts always counted
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    n = 0
    for i in range(1, len(layer_sizes)):
        n += layer_sizes[i - 1] * layer_sizes[i] + layer_sizes[i]
    return n
