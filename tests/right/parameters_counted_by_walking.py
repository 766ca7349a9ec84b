"""parameters.py
style: nothing is divided: a window walks along each axis and its places are counted
"""


def count_dense(layer_sizes, bias=True):
    total, before = 0, None
    for units in layer_sizes:
        if before is not None:
            total += sum([before + 1 if bias else before] * units)
        before = units
    return total


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    kh, kw = _two(kernel_size)
    one_kernel = 0
    for _ in range(in_channels):
        for _ in range(kh):
            one_kernel += kw
    total = 0
    for _ in range(out_channels):
        total += one_kernel
        total += 1 if bias else 0
    return total


def _two(value):
    try:
        first, second = value
        return first, second
    except TypeError:
        return value, value


def _walk(start, end, window, step):
    """Count how often a window can stand between start and end."""
    count = 0
    while start + window <= end:
        count += 1
        start += step
    return count


def count_network(input_shape, layers, bias=True):
    shape = list(input_shape)
    total = 0
    for layer in layers:
        if layer["type"] == "conv":
            total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
            shape[0] = layer["out_channels"]
            windows, steps = _two(layer["kernel_size"]), _two(layer.get("stride", 1))
            for axis, pad in enumerate(_two(layer.get("padding", 0))):
                shape[1 + axis] = _walk(-pad, shape[1 + axis] + pad, windows[axis], steps[axis])
        elif layer["type"] == "pool":
            windows = _two(layer["size"])
            steps = _two(layer.get("stride", windows))
            for axis in (0, 1):
                shape[1 + axis] = _walk(0, shape[1 + axis], windows[axis], steps[axis])
        elif layer["type"] == "flatten":
            values = 1
            while shape:
                values *= shape.pop()
            shape.append(values)
        elif layer["type"] == "dense":
            total += count_dense(shape + [layer["units"]], bias)
            shape = [layer["units"]]
    return total
