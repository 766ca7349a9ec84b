"""parameters.py
style: a class for each kind of layer, which knows its weights and its output's shape
"""

import math


def count_dense(layer_sizes, bias=True):
    return sum(Dense({"units": after}).weights([before], bias) for before, after in zip(layer_sizes, layer_sizes[1:]))


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    layer = Conv({"out_channels": out_channels, "kernel_size": kernel_size})
    return layer.weights([in_channels, None, None], bias)


def count_network(input_shape, layers, bias=True):
    total, shape = 0, list(input_shape)
    for description in layers:
        layer = KINDS[description["type"]](description)
        total += layer.weights(shape, bias)
        shape = layer.output(shape)
    return total


class Layer:
    def __init__(self, options):
        self.options = options

    def pair(self, name, default=None):
        value = self.options.get(name, default)
        return value if isinstance(value, tuple) else (value, value)

    def weights(self, shape, bias):
        return 0

    def output(self, shape):
        return shape


class Window(Layer):
    def slide(self, shape, size, stride, padding=(0, 0)):
        return [(shape[i + 1] + 2 * padding[i] - size[i]) // stride[i] + 1 for i in range(2)]


class Conv(Window):
    def weights(self, shape, bias):
        one_kernel = shape[0] * math.prod(self.pair("kernel_size")) + int(bias)
        return self.options["out_channels"] * one_kernel

    def output(self, shape):
        moved = self.slide(shape, self.pair("kernel_size"), self.pair("stride", 1), self.pair("padding", 0))
        return [self.options["out_channels"], *moved]


class Pool(Window):
    def output(self, shape):
        return [shape[0], *self.slide(shape, self.pair("size"), self.pair("stride", self.options["size"]))]


class Flatten(Layer):
    def output(self, shape):
        return [math.prod(shape)]


class Dense(Layer):
    def weights(self, shape, bias):
        return (shape[0] + int(bias)) * self.options["units"]

    def output(self, shape):
        return [self.options["units"]]


KINDS = {"conv": Conv, "pool": Pool, "relu": Layer, "flatten": Flatten, "dense": Dense}
