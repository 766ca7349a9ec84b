"""parameters.py
mistake: every convolution sees the channels of the input
named: kernels without depth | channels of the image only
"""

import right_parameters as r
from right_parameters import *
def count_network(input_shape, layers, bias=True):
    c = input_shape[0]
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += r.count_network(((c, *shape[1:]) if layer["type"] == "conv" else shape), [layer], bias)
        if layer["type"] == "conv":
            size = r._pair(layer["kernel_size"])
            shape = (layer["out_channels"], *r._after(shape, size, layer.get("stride", 1), layer.get("padding", 0)))
        elif layer["type"] == "pool":
            shape = (shape[0], *r._after(shape, r._pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (r._product(shape),)
        elif layer["type"] == "dense":
            shape = (layer["units"],)
    return total
