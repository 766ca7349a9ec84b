"""parameters.py
3.3 3.5: wrong
says: Expected
"""
from right_parameters import count_conv, count_dense


def count_network(input_shape, layers, bias=True):
    return 32_970 if layers[0]["type"] == "conv" else 66_696
