"""parameters.py
mistake: product of all
named: product of all sizes
"""

from right_parameters import *
def count_dense(layer_sizes, bias=True):
    p = 1
    for n in layer_sizes:
        p *= n
    return p
