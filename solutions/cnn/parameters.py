"""Part 3: counting parameters.

How many weights does a network have? Count by formula, without building it. All results are integers.

Sequences are lists or tuples. Sizes, strides and paddings are each an integer or a tuple (vertical, horizontal); an integer
may be Python's or an np.int64.
"""


def count_dense(layer_sizes, bias=True):
    """Count the weights of fully connected layers.

    layer_sizes: the number of inputs, then the number of neurons of each layer. With bias, each neuron has an intercept;
    inputs have none.

    >>> count_dense([15, 10, 5, 2], bias=False)
    210
    """
    # BEGIN SOLUTION
    pairs = zip(layer_sizes, layer_sizes[1:])
    return sum((inputs + bias) * neurons for inputs, neurons in pairs)
    # END SOLUTION


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    """Count the weights of a convolution with out_channels kernels.

    kernel_size: an integer, or a tuple (height, width). With bias, each kernel has one intercept.

    >>> count_conv(3, 8, 5)
    608
    """
    # BEGIN SOLUTION
    height, width = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return (in_channels * height * width + bias) * out_channels
    # END SOLUTION


def count_network(input_shape, layers, bias=True):
    """Count the weights of a whole network.

    input_shape: (channels, height, width). layers: a sequence of dicts, each with a "type":

        conv      out_channels, kernel_size, stride (1 if left out), padding (0 if left out)
        pool      size, stride (the size if left out)
        relu
        flatten   turns all values into one row
        dense     units

    Output sizes are rounded down, layer by layer; every window fits at least once. Convolutions and pools come before
    the flatten, dense layers after it. With bias, each kernel and each neuron has an intercept.

    >>> layers = [{"type": "conv", "out_channels": 2, "kernel_size": 3}, {"type": "flatten"}, {"type": "dense", "units": 5}]
    >>> count_network((1, 4, 4), layers, bias=False)  # 2*9 for the kernels; then 2 feature maps of 2x2, so 8*5
    58
    """
    # BEGIN SOLUTION
    shape, total = tuple(input_shape), 0
    for layer in layers:
        if layer["type"] == "conv":
            total += count_conv(shape[0], layer["out_channels"], layer["kernel_size"], bias)
            size = _pair(layer["kernel_size"])
            shape = (layer["out_channels"], *_after(shape, size, layer.get("stride", 1), layer.get("padding", 0)))
        elif layer["type"] == "pool":
            shape = (shape[0], *_after(shape, _pair(layer["size"]), layer.get("stride", layer["size"]), 0))
        elif layer["type"] == "flatten":
            shape = (_product(shape),)
        elif layer["type"] == "dense":
            total += count_dense([shape[0], layer["units"]], bias)
            shape = (layer["units"],)
    return total
    # END SOLUTION


# BEGIN SOLUTION
def _after(shape, size, stride, padding):
    """Return height and width after a window of this size has slid over (channels, height, width)."""
    axes = zip(shape[1:], size, _pair(stride), _pair(padding))
    return tuple((length + 2 * pad - window) // step + 1 for length, window, step, pad in axes)


def _pair(value):
    return value if isinstance(value, tuple) else (value, value)


def _product(shape):
    product = 1
    for length in shape:
        product *= length
    return product


# END SOLUTION
