"""parameters.py
style: sum(map(...)) and product by operator; the shapes of all layers first, with accumulate, then all counts
"""

from itertools import accumulate
from math import prod
from operator import mul

as_pair = lambda value: value if isinstance(value, tuple) else (value, value)


def count_dense(layer_sizes, bias=True):
    outputs = layer_sizes[1:]
    return sum(map(mul, layer_sizes, outputs)) + sum(outputs) * bool(bias)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    return prod([*as_pair(kernel_size), in_channels, out_channels]) + out_channels * bool(bias)


def count_network(input_shape, layers, bias=True):
    shapes = accumulate(layers, shape_behind, initial=tuple(input_shape))
    return sum(map(lambda shape, layer: count_layer(shape, layer, bias), shapes, layers))


def count_layer(shape, layer, bias):
    if layer["type"] == "conv":
        return count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
    return count_dense([prod(shape), layer["units"]], bias) if layer["type"] == "dense" else 0


def shape_behind(shape, layer):
    how = layer["type"]
    if how == "relu":
        return shape
    if how == "flatten" or how == "dense":
        return (layer.get("units", prod(shape)),)
    window = as_pair(layer.get("kernel_size", layer.get("size")))
    stride = as_pair(layer.get("stride", window if how == "pool" else 1))
    padding = as_pair(layer.get("padding", 0))
    axis = lambda n, k, s, p: len(range(0, n + p + p - k + 1, s))
    return (layer.get("out_channels", shape[0]), *map(axis, shape[1:], window, stride, padding))
