"""parameters.py
mistake: conv keeps the size
named: convolutions keep the size
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    shape, total = tuple(input_shape), 0
    for l in layers:
        total += r.count_network(shape, [l], bias)
        if l["type"] == "conv":
            shape = (l["out_channels"], *shape[1:])
        elif l["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(l["size"]), l.get("stride", l["size"]), 0))
        elif l["type"] == "flatten":
            shape = (r._product(shape),)
        elif l["type"] == "dense":
            shape = (l["units"],)
    return total
