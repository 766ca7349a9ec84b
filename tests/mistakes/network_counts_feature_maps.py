"""parameters.py
mistake: no weight sharing: each output of a convolution has weights of its own
named: no weight sharing
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        if layer["type"] == "conv":
            after = r._after(shape, r._pair(layer["kernel_size"]), layer.get("stride", 1), layer.get("padding", 0))
            total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias) * after[0] * after[1]
            shape = (layer["out_channels"], *after)
        elif layer["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (r._product(shape),)
        elif layer["type"] == "dense":
            total += count_dense([shape[0], layer["units"]], bias)
            shape = (layer["units"],)
    return total
