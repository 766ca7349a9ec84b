"""parameters.py
mistake: sizes rounded up
named: network sizes rounded up
"""

import math
import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    total, shape = 0, tuple(input_shape)
    def after(shape, size, stride, padding):
        return tuple(math.ceil((l + 2 * p - k) / s) + 1 for l, k, s, p in zip(shape[1:], size, r._pair(stride), r._pair(padding)))
    for layer in layers:
        if layer["type"] == "conv":
            total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
            shape = (layer["out_channels"], *after(shape, r._pair(layer["kernel_size"]), layer.get("stride", 1), layer.get("padding", 0)))
        elif layer["type"] == "pool":
            shape = (shape[0], *after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (r._product(shape),)
        elif layer["type"] == "dense":
            total += count_dense([shape[0], layer["units"]], bias)
            shape = (layer["units"],)
    return total
