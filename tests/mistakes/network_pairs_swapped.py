"""parameters.py
mistake: pairs are read as (horizontal, vertical)
named: pairs of a network swapped
"""

import right_parameters
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    swapped = [{key: value[::-1] if isinstance(value, tuple) else value for key, value in layer.items()} for layer in layers]
    return right_parameters.count_network(input_shape, swapped, bias)
