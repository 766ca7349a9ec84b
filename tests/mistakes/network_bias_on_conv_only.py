"""parameters.py
mistake: dense layers have no intercepts
named: no intercepts in dense layers
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    intercepts = sum(layer["units"] for layer in layers if layer["type"] == "dense")
    return r.count_network(input_shape, layers, bias) - (intercepts if bias else 0)
