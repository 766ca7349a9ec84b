"""parameters.py
style: a beginner's: every case written out, long names, no helper
"""


def count_dense(layer_sizes, bias=True):
    number_of_weights = 0
    number_of_intercepts = 0
    position = 1
    while position < len(layer_sizes):
        inputs = layer_sizes[position - 1]
        neurons = layer_sizes[position]
        number_of_weights = number_of_weights + inputs * neurons
        number_of_intercepts = number_of_intercepts + neurons
        position = position + 1
    if bias == True:
        return number_of_weights + number_of_intercepts
    else:
        return number_of_weights


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    if type(kernel_size) is tuple:
        kernel_height = kernel_size[0]
        kernel_width = kernel_size[1]
    else:
        kernel_height = kernel_size
        kernel_width = kernel_size
    weights_of_one_kernel = kernel_height * kernel_width * in_channels
    if bias == True:
        weights_of_one_kernel = weights_of_one_kernel + 1
    return weights_of_one_kernel * out_channels


def count_network(input_shape, layers, bias=True):
    channels = input_shape[0]
    height = input_shape[1]
    width = input_shape[2]
    number_of_weights = 0
    for layer in layers:
        if layer["type"] == "conv":
            number_of_weights = number_of_weights + count_conv(
                channels, layer["out_channels"], layer["kernel_size"], bias
            )
            channels = layer["out_channels"]
            if type(layer["kernel_size"]) is tuple:
                kernel_height, kernel_width = layer["kernel_size"]
            else:
                kernel_height = kernel_width = layer["kernel_size"]
            if "stride" not in layer:
                stride_down = stride_right = 1
            elif type(layer["stride"]) is tuple:
                stride_down, stride_right = layer["stride"]
            else:
                stride_down = stride_right = layer["stride"]
            if "padding" in layer:
                if type(layer["padding"]) is tuple:
                    height = height + 2 * layer["padding"][0]
                    width = width + 2 * layer["padding"][1]
                else:
                    height = height + 2 * layer["padding"]
                    width = width + 2 * layer["padding"]
            height = (height - kernel_height) // stride_down + 1
            width = (width - kernel_width) // stride_right + 1
        if layer["type"] == "pool":
            if type(layer["size"]) is tuple:
                pool_height, pool_width = layer["size"]
            else:
                pool_height = pool_width = layer["size"]
            if "stride" not in layer:
                stride_down = pool_height
                stride_right = pool_width
            elif type(layer["stride"]) is tuple:
                stride_down, stride_right = layer["stride"]
            else:
                stride_down = stride_right = layer["stride"]
            height = (height - pool_height) // stride_down + 1
            width = (width - pool_width) // stride_right + 1
        if layer["type"] == "flatten":
            # one long row: like many channels of one value
            channels = channels * height * width
            height = 1
            width = 1
        if layer["type"] == "dense":
            number_of_weights = number_of_weights + count_dense([channels, layer["units"]], bias)
            channels = layer["units"]
    return number_of_weights
