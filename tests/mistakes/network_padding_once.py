"""parameters.py
mistake: the padding is counted on one side
named: network padding counted once
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += r.count_network(shape, [layer], bias)
        if layer["type"] == "conv":
            kh, kw = r._pair(layer["kernel_size"]); sh, sw = r._pair(layer.get("stride", 1)); ph, pw = r._pair(layer.get("padding", 0))
            shape = (layer["out_channels"], (shape[1] + ph - kh) // sh + 1, (shape[2] + pw - kw) // sw + 1)
        elif layer["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (r._product(shape),)
        elif layer["type"] == "dense":
            shape = (layer["units"],)
    return total
