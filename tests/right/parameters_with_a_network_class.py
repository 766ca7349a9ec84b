"""parameters.py
style: one object is the network: methods change its state layer by layer, found by getattr
"""

import operator


class Network:
    def __init__(self, shape, bias):
        self.shape = [operator.index(length) for length in shape]
        self.bias = bias
        self.weights = 0

    def add(self, layer):
        getattr(self, "add_" + layer["type"])(layer)
        return self

    def add_conv(self, layer):
        channels, height, width = self.shape
        kernel = Network.pair(layer["kernel_size"])
        self.weights += count_conv(channels, layer["out_channels"], kernel, self.bias)
        self.shape = [layer["out_channels"], height, width]
        self._slide(kernel, Network.pair(layer.get("stride") or 1), Network.pair(layer.get("padding") or 0))

    def add_pool(self, layer):
        self._slide(Network.pair(layer["size"]), Network.pair(layer.get("stride") or layer["size"]), (0, 0))

    def add_relu(self, layer):
        pass

    def add_flatten(self, layer):
        self.shape = [self._values()]

    def add_dense(self, layer):
        self.weights += count_dense([self._values(), layer["units"]], self.bias)
        self.shape = [layer["units"]]

    def _values(self):
        values = 1
        for length in self.shape:
            values *= length
        return values

    def _slide(self, window, stride, padding):
        for axis in range(2):
            room = self.shape[axis + 1] + 2 * padding[axis] - window[axis]
            quotient, _ = divmod(room, stride[axis])
            self.shape[axis + 1] = quotient + 1

    @staticmethod
    def pair(value):
        return value if isinstance(value, tuple) else (value, value)


def count_dense(layer_sizes, bias=True):
    count = 0
    sizes = iter(layer_sizes)
    inputs = next(sizes, 0)
    for units in sizes:
        count += units * inputs
        count += units if bias else 0
        inputs = units
    return count


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    height, width = Network.pair(kernel_size)
    count = out_channels * in_channels * height * width
    return count + out_channels if bias else count


def count_network(input_shape, layers, bias=True):
    network = Network(input_shape, bias)
    for layer in layers:
        network.add(layer)
    return network.weights
