"""parameters.py
style: arithmetic on arrays of integers; what is returned is a NumPy integer
"""

import numpy as np


def count_dense(layer_sizes, bias=True):
    sizes = np.array(layer_sizes, dtype=np.int64)
    return np.dot(sizes[:-1] + int(bias), sizes[1:])


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    area = np.prod(np.ones(2, dtype=np.int64) * kernel_size)
    return np.int64(out_channels) * (np.int64(in_channels) * area + np.int64(bias))


def count_network(input_shape, layers, bias=True):
    channels, *spatial = input_shape
    spatial = np.array(spatial, dtype=np.int64)
    counts = np.zeros(len(layers), dtype=np.int64)
    for number, layer in enumerate(layers):
        if layer["type"] == "conv":
            counts[number] = count_conv(channels, layer["out_channels"], layer["kernel_size"], bias)
            channels = layer["out_channels"]
            spatial = spatial + 2 * np.array(layer.get("padding", 0)) - np.array(layer["kernel_size"])
            spatial = np.floor_divide(spatial, layer.get("stride", 1)) + 1
        elif layer["type"] == "pool":
            size = np.array(layer["size"])
            spatial = np.floor_divide(spatial - size, layer.get("stride", layer["size"])) + 1
        elif layer["type"] == "flatten":
            channels = channels * spatial.prod()
            spatial = np.ones(2, dtype=np.int64)
        elif layer["type"] == "dense":
            counts[number] = count_dense([channels, layer["units"]], bias)
            channels = layer["units"]
    return counts.sum()
