"""parameters.py
mistake: the last dense layer is not counted
named: last layer with weights left out
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    dense = [i for i, l in enumerate(layers) if l["type"] == "dense"]
    return r.count_network(input_shape, layers[:dense[-1]] if dense else layers, bias)
