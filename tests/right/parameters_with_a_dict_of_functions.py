"""parameters.py
style: a dictionary from the type of a layer to a function, which takes the layer's options as keyword arguments
"""

from math import prod


def count_dense(layer_sizes, bias=True):
    weights = sum(a * b for a, b in zip(layer_sizes[:-1], layer_sizes[1:]))
    return weights + sum(layer_sizes[1:]) if bias else weights


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    return out_channels * prod(pair(kernel_size), start=in_channels) + bias * out_channels


def count_network(input_shape, layers, bias=True):
    shape, total = tuple(input_shape), 0
    for layer in layers:
        options = dict(layer)  # a copy: the caller needs the layer's type again
        count, shape = LAYERS[options.pop("type")](shape, bias, **options)
        total += count
    return total


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def slide(shape, size, stride, padding):
    triples = zip(shape[1:], pair(size), pair(stride), pair(padding))
    return tuple((length + 2 * pad - window) // step + 1 for length, window, step, pad in triples)


def conv(shape, bias, out_channels, kernel_size, stride=1, padding=0):
    count = count_conv(shape[0], out_channels, kernel_size, bias)
    return count, (out_channels, *slide(shape, kernel_size, stride, padding))


def pool(shape, bias, size, stride=None):
    return 0, (shape[0], *slide(shape, size, size if stride is None else stride, 0))


def relu(shape, bias):
    return 0, shape


def flatten(shape, bias):
    return 0, (prod(shape),)


def dense(shape, bias, units):
    return count_dense([shape[0], units], bias), (units,)


LAYERS = {"conv": conv, "pool": pool, "relu": relu, "flatten": flatten, "dense": dense}
