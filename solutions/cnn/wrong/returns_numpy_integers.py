"""parameters.py
all: passed
"""
import numpy as np
from right_parameters import count_conv, count_network


def count_dense(layer_sizes, bias=True):
    sizes = np.array(layer_sizes)
    return ((sizes[:-1] + bias) * sizes[1:]).sum()
