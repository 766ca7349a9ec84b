"""parameters.py
style: functools.reduce carries shape and total through the network
"""

from functools import reduce
from operator import mul


def count_dense(layer_sizes, bias=True):
    def step(state, units):
        total, inputs = state
        return total + units * (inputs + (1 if bias else 0)), units

    if len(layer_sizes) == 0:
        return 0
    total, _ = reduce(step, layer_sizes[1:], (0, layer_sizes[0]))
    return total


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    area = reduce(mul, kernel_size) if isinstance(kernel_size, tuple) else kernel_size**2
    return reduce(mul, (in_channels, out_channels, area)) + (out_channels if bias else 0)


def count_network(input_shape, layers, bias=True):
    def step(state, layer):
        total, shape = state
        return total + weights(layer, shape, bias), shape_after(layer, shape)

    return reduce(step, layers, (0, tuple(input_shape)))[0]


def weights(layer, shape, bias):
    if layer["type"] == "dense":
        return count_dense((shape[0], layer["units"]), bias)
    if layer["type"] == "conv":
        return count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
    return 0


def shape_after(layer, shape):
    kind = layer["type"]
    if kind == "dense":
        return (layer["units"],)
    if kind == "flatten":
        return (reduce(mul, shape),)
    if kind == "relu":
        return shape
    window = pair(layer["kernel_size" if kind == "conv" else "size"])
    steps = pair(layer.get("stride", 1 if kind == "conv" else window))
    margins = pair(layer.get("padding", 0)) if kind == "conv" else (0, 0)
    channels = layer["out_channels"] if kind == "conv" else shape[0]
    sizes = tuple((s + 2 * m - w) // d + 1 for s, m, w, d in zip(shape[1:], margins, window, steps))
    return (channels, *sizes)


def pair(value):
    return value if isinstance(value, tuple) else (value, value)
