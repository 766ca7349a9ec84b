"""parameters.py
mistake: default stride of a pool is 1
named: default stride of pools is one
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    layers = [dict(l, stride=l.get("stride", 1)) if l["type"] == "pool" else l for l in layers]
    return r.count_network(input_shape, layers, bias)
