"""parameters.py
mistake: pools halve height and width whatever their size
named: pools always halve
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    layers = [dict(l, size=2, stride=2) if l["type"] == "pool" else l for l in layers]
    return r.count_network(input_shape, layers, bias)
