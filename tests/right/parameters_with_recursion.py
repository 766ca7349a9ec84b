"""parameters.py
style: recursion everywhere: the first layer, then the rest of the network
"""


def count_dense(layer_sizes, bias=True):
    if len(layer_sizes) < 2:
        return 0
    first, second, *others = layer_sizes
    here = first * second + (second if bias else 0)
    return here + count_dense([second, *others], bias)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    if not isinstance(kernel_size, tuple):
        return count_conv(in_channels, out_channels, (kernel_size, kernel_size), bias)
    height, width = kernel_size
    return out_channels * (height * width * in_channels + (1 if bias else 0))


def places(length, window, step):
    """Count the places of a window by walking along the axis, in large steps while the end is far away."""
    if length > window + 100 * step:
        return 100 + places(length - 100 * step, window, step)
    if length < window:
        return 0
    return 1 + places(length - step, window, step)


def count_network(input_shape, layers, bias=True):
    if not layers:
        return 0
    layer, *rest = layers
    here, shape = first_layer(list(input_shape), layer, bias)
    return here + count_network(shape, rest, bias)


def first_layer(shape, layer, bias):
    match layer["type"]:
        case "conv":
            (kh, kw), (sh, sw), (ph, pw) = map(
                twice, (layer["kernel_size"], layer.get("stride", 1), layer.get("padding", 0))
            )
            c, h, w = shape
            k = layer["out_channels"]
            return count_conv(c, k, (kh, kw), bias), [k, places(h + 2 * ph, kh, sh), places(w + 2 * pw, kw, sw)]
        case "pool":
            kh, kw = twice(layer["size"])
            sh, sw = twice(layer.get("stride", (kh, kw)))
            c, h, w = shape
            return 0, [c, places(h, kh, sh), places(w, kw, sw)]
        case "flatten":
            return 0, [product(shape)]
        case "dense":
            return count_dense([*shape, layer["units"]], bias), [layer["units"]]
        case _:
            return 0, shape


def twice(value):
    return value if isinstance(value, tuple) else (value, value)


def product(numbers):
    return numbers[0] * product(numbers[1:]) if numbers else 1
