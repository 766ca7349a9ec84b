"""parameters.py
style: loops and running totals, one variable for each length
"""


def count_dense(layer_sizes, bias=True):
    total = 0
    for i in range(1, len(layer_sizes)):
        total += layer_sizes[i - 1] * layer_sizes[i]
        if bias:
            total += layer_sizes[i]
    return total


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    if isinstance(kernel_size, tuple):
        weights = in_channels * out_channels * kernel_size[0] * kernel_size[1]
    else:
        weights = in_channels * out_channels * kernel_size * kernel_size
    if bias:
        weights += out_channels
    return weights


def make_pair(value):
    if isinstance(value, tuple):
        return value
    return (value, value)


def count_network(input_shape, layers, bias=True):
    channels, height, width = input_shape
    features = None
    total = 0
    for layer in layers:
        kind = layer["type"]
        if kind == "conv":
            kernel = make_pair(layer["kernel_size"])
            stride = make_pair(layer.get("stride", 1))
            padding = make_pair(layer.get("padding", 0))
            total += count_conv(channels, layer["out_channels"], kernel, bias)
            channels = layer["out_channels"]
            height = (height + 2 * padding[0] - kernel[0]) // stride[0] + 1
            width = (width + 2 * padding[1] - kernel[1]) // stride[1] + 1
        elif kind == "pool":
            size = make_pair(layer["size"])
            stride = make_pair(layer.get("stride", size))
            height = (height - size[0]) // stride[0] + 1
            width = (width - size[1]) // stride[1] + 1
        elif kind == "flatten":
            if features is None:
                features = channels * height * width
        elif kind == "dense":
            total += count_dense([features, layer["units"]], bias)
            features = layer["units"]
    return total
