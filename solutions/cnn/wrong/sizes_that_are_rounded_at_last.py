"""parameters.py
3.5: wrong
says: Expected
"""
from right_parameters import count_conv, count_dense


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def count_network(input_shape, layers, bias=True):
    """Divides with /, and makes an integer of the number of weights at the very end."""
    shape, total = list(input_shape), 0
    for layer in layers:
        if layer["type"] in ("conv", "pool"):
            size = pair(layer["kernel_size"] if layer["type"] == "conv" else layer["size"])
            steps = pair(layer.get("stride", 1 if layer["type"] == "conv" else size))
            around = pair(layer.get("padding", 0))
            if layer["type"] == "conv":
                total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
                shape[0] = layer["out_channels"]
            shape[1:] = [(n + 2 * p - k) / s + 1 for n, k, s, p in zip(shape[1:], size, steps, around)]
        elif layer["type"] == "flatten":
            shape = [shape[0] * shape[1] * shape[2]]
        elif layer["type"] == "dense":
            total += (shape[0] + bias) * layer["units"]
            shape = [layer["units"]]
    return int(total)
