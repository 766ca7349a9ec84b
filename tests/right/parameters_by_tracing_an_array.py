"""parameters.py
style: an array of zeros goes through the network, and its shape is read after each layer
"""

import numpy as np


def count_dense(layer_sizes, bias=True):
    matrices = [np.broadcast_to(0, (m + (1 if bias else 0), n)) for m, n in zip(layer_sizes, layer_sizes[1:])]
    return sum(matrix.size for matrix in matrices)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = np.broadcast_to(kernel_size, 2).tolist()
    kernels = np.broadcast_to(0, (out_channels, in_channels, kh, kw))
    return kernels.size + (kernels.shape[0] if bias else 0)


def slide(values, size, stride):
    """Keep the first value of each window: only the shape matters."""
    (kh, kw), (sh, sw) = np.broadcast_to(size, 2), np.broadcast_to(stride, 2)
    rows, columns = values.shape[1] - kh + 1, values.shape[2] - kw + 1
    return values[:, :rows:sh, :columns:sw]


def count_network(input_shape, layers, bias=True):
    values = np.zeros(input_shape, dtype=np.int8)
    total = 0
    for layer in layers:
        kind = layer["type"]
        if kind == "conv":
            total += count_conv(len(values), layer["out_channels"], layer["kernel_size"], bias)
            ph, pw = np.broadcast_to(layer.get("padding", 0), 2)
            values = np.pad(values, ((0, 0), (ph, ph), (pw, pw)))
            one_map = slide(values, layer["kernel_size"], layer.get("stride", 1))[:1]
            values = np.repeat(one_map, layer["out_channels"], axis=0)
        elif kind == "pool":
            values = slide(values, layer["size"], layer.get("stride", layer["size"]))
        elif kind == "relu":
            values = np.maximum(values, 0)
        elif kind == "flatten":
            values = values.reshape(-1)
        elif kind == "dense":
            total += count_dense([len(values), layer["units"]], bias)
            values = np.zeros(layer["units"], dtype=np.int8)
    return total
