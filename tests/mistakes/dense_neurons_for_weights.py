"""parameters.py
mistake: neurons counted for weights
named: computing neurons counted
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    return sum(layer_sizes[1:])
