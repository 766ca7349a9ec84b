"""parameters.py
mistake: conv stride ignored
named: network stride ignored
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    layers = [{k: v for k, v in l.items() if k != "stride" or l["type"] != "conv"} for l in layers]
    return r.count_network(input_shape, layers, bias)
