"""parameters.py
mistake: flatten: height times width
named: flatten without channels
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += r.count_network(shape, [layer], bias)
        if layer["type"] == "conv":
            shape = (layer["out_channels"], *r._after(shape, r._pair(layer["kernel_size"]), layer.get("stride", 1), layer.get("padding", 0)))
        elif layer["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (shape[1] * shape[2],)
        elif layer["type"] == "dense":
            shape = (layer["units"],)
    return total
