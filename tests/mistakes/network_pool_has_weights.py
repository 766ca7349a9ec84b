"""parameters.py
mistake: a pool is counted as a convolution with weights
named: weights of pools
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    extra = 0
    for layer in layers:
        if layer["type"] == "pool":
            h, w = r._pair(layer["size"])
            extra += h * w
    return r.count_network(input_shape, layers, bias) + extra
