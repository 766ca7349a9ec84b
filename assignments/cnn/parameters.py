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
    raise NotImplementedError


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    """Count the weights of a convolution with out_channels kernels.

    kernel_size: an integer, or a tuple (height, width). With bias, each kernel has one intercept.

    >>> count_conv(3, 8, 5)
    608
    """
    raise NotImplementedError


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
    raise NotImplementedError
