"""parameters.py
mistake: the dense layer gets the size of the image: convolutions and pools change nothing
named: dense layers behind the image
"""

from right_parameters import *
import right_parameters as r
def count_network(input_shape, layers, bias=True):
    total, channels, inputs = 0, input_shape[0], input_shape[0] * input_shape[1] * input_shape[2]
    for l in layers:
        if l["type"] == "conv":
            total += count_conv(channels, l["out_channels"], l["kernel_size"], bias)
            channels = l["out_channels"]
        elif l["type"] == "dense":
            total += count_dense([inputs, l["units"]], bias)
            inputs = l["units"]
    return total
