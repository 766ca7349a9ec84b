"""parameters.py
style: match statements that take the dicts apart
"""


def count_dense(layer_sizes, bias=True):
    match layer_sizes:
        case [] | [_]:
            return 0
        case [inputs, units, *rest]:
            weights = inputs * units
            if bias:
                weights += units
            return weights + count_dense([units, *rest], bias)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    match kernel_size:
        case (height, width):
            per_kernel = in_channels * height * width
        case side:
            per_kernel = in_channels * side * side
    if bias:
        per_kernel += 1
    return per_kernel * out_channels


def two(value):
    match value:
        case (vertical, horizontal):
            return vertical, horizontal
        case both:
            return both, both


def slid(length, window, stride, padding=0):
    return (length - window + 2 * padding) // stride + 1


def count_network(input_shape, layers, bias=True):
    total = 0
    c, h, w = input_shape
    row = None  # as long as nothing is flat
    for layer in layers:
        match layer:
            case {"type": "conv", "out_channels": k, "kernel_size": size, **options}:
                total += count_conv(c, k, size, bias)
                (kh, kw), (sh, sw) = two(size), two(options.get("stride", 1))
                ph, pw = two(options.get("padding", 0))
                c, h, w = k, slid(h, kh, sh, ph), slid(w, kw, sw, pw)
            case {"type": "pool", "size": size, "stride": stride}:
                (kh, kw), (sh, sw) = two(size), two(stride)
                h, w = slid(h, kh, sh), slid(w, kw, sw)
            case {"type": "pool", "size": size}:
                kh, kw = two(size)
                h, w = h // kh, w // kw
            case {"type": "flatten"} if row is None:
                row = c * h * w
            case {"type": "dense", "units": units}:
                total += count_dense([row, units], bias)
                row = units
    return total
