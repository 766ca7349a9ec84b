"""convolution.py
attack: makes the worker send an answer together with what is said to be expected, and with arguments to match
all: wrong
"""
import sys

import numpy as np

wire = sys.modules["wire"]
pack = wire.pack
zeros = np.zeros((3, 3))
forged = {"result": zeros, "expected": zeros, "tolerance": np.inf, "arguments": [zeros, zeros], "options": {}}
wire.pack = lambda value: pack(forged)


def output_size(*sizes, **options):
    pass


conv2d = conv2d_channels = output_size
