"""parameters.py
mistake: the + 1 of the output size is missing for convolutions
named: first place of convolutions forgotten
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += r.count_network(shape, [layer], bias)
        if layer["type"] == "conv":
            kh, kw = r._pair(layer["kernel_size"]); sh, sw = r._pair(layer.get("stride", 1)); ph, pw = r._pair(layer.get("padding", 0))
            shape = (layer["out_channels"], (shape[1] + 2 * ph - kh) // sh, (shape[2] + 2 * pw - kw) // sw)
        elif layer["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (r._product(shape),)
        elif layer["type"] == "dense":
            shape = (layer["units"],)
    return total
