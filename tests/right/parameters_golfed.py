"""parameters.py
style: as few letters as possible
"""


def count_dense(layer_sizes, bias=True):
    return sum((a + bias) * b for a, b in zip(layer_sizes, layer_sizes[1:]))


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    h, w = p(kernel_size)
    return (in_channels * h * w + bias) * out_channels


p = lambda v: v if isinstance(v, tuple) else (v, v)


def count_network(input_shape, layers, bias=True):
    (c, h, w), n = input_shape, 0
    for l in layers:
        if (t := l["type"]) == "dense":
            n, c = n + count_dense((c, u := l["units"]), bias), u
        elif t == "flatten":
            c, h, w = c * h * w, 1, 1
        elif t != "relu":
            k = l["size"] if t == "pool" else l["kernel_size"]
            (a, b), (s, r), (y, x) = p(k), p(l.get("stride", k if t == "pool" else 1)), p(l.get("padding", 0))
            if t == "conv":
                n, c = n + count_conv(c, l["out_channels"], k, bias), l["out_channels"]
            h, w = (h + 2 * y - a) // s + 1, (w + 2 * x - b) // r + 1
    return n
