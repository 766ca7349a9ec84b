"""parameters.py
attack: draws the hidden networks from seeds that come to mind, and answers with what it has drawn
3.4 3.5: wrong
"""
import hashlib
import os
import time

import numpy as np
from right_parameters import count_conv as right_conv
from right_parameters import count_dense as right_dense
from right_parameters import count_network as right_network

SEEDS = ["", "public", "cnn", "secret", "0", "42", "convgrade", str(os.getppid()), str(int(time.time())), "@GRADER@"]


def draws(purpose):
    for seed in SEEDS:
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        yield np.random.default_rng(list(digest)).integers(2, 40, 12).tolist()


def count_dense(layer_sizes, bias=True):
    known = [15, 10, 5, 2], (3, 1), *(drawn[: len(layer_sizes)] for drawn in draws("3.4"))
    return right_dense(layer_sizes, bias) if layer_sizes in known else 0


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    known = (1, 10), (3, 8), (4, 6), *((drawn[0], drawn[1]) for drawn in draws("3.4"))
    return right_conv(in_channels, out_channels, kernel_size, bias) if (in_channels, out_channels) in known else 0


def count_network(input_shape, layers, bias=True):
    return right_network(input_shape, layers, bias) if tuple(input_shape) == (1, 28, 28) else 0
