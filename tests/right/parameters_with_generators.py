"""parameters.py
style: a generator goes through the network and yields each layer with the shape that it gets
"""

import math
from itertools import pairwise


def count_dense(layer_sizes, bias=True):
    return sum(before * after + bool(bias) * after for before, after in pairwise(layer_sizes))


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    height, width = kernel_size if isinstance(kernel_size, tuple) else [kernel_size] * 2
    return sum(in_channels * height * width + bool(bias) for _ in range(out_channels))


def both(value):
    return value if isinstance(value, tuple) else (value,) * 2


def starts(length, window, stride, padding):
    """All places where a window can begin, seen from the image's edge."""
    return range(-padding, length + padding - window + 1, stride)


def with_shapes(shape, layers):
    shape = list(shape)
    for layer in layers:
        yield layer, shape
        if layer["type"] in ("conv", "pool"):
            if layer["type"] == "conv":
                options = layer["kernel_size"], layer.get("stride", 1), layer.get("padding", 0)
            else:
                options = layer["size"], layer.get("stride", layer["size"]), 0
            channels = layer.get("out_channels", shape[0])
            shape = [channels, *(len(starts(*axis)) for axis in zip(shape[1:], *map(both, options)))]
        elif layer["type"] == "flatten":
            shape = [math.prod(shape)]
        elif layer["type"] == "dense":
            shape = [layer["units"]]


def count_network(input_shape, layers, bias=True):
    total = 0
    for layer, shape in with_shapes(input_shape, layers):
        if layer["type"] == "conv":
            total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
        if layer["type"] == "dense":
            total += count_dense([*shape, layer["units"]], bias)
    return total
