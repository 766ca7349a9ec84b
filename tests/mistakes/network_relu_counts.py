"""parameters.py
mistake: each ReLU counts one weight
named: weights of relus
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    return r.count_network(input_shape, layers, bias) + sum(l["type"] == "relu" for l in layers)
