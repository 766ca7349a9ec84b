"""convolution.py
attack: changes the question in the caller's hands, so that zeros become the right answer
1.2 1.3 1.6 1.7: wrong
1.4 1.8: wrong
"""
import sys

import numpy as np
from right_convolution import conv2d as right
from right_convolution import conv2d_channels as right_channels
from right_convolution import output_size


def erase(arrays):
    request = sys._getframe(2).f_locals["request"]
    request["arguments"][:] = [np.zeros_like(array) for array in arrays]
    request["options"].clear()
    for array in arrays:
        array[...] = 0


def conv2d(image, kernel, **options):
    erase([image, kernel])
    return right(image, kernel, **{**options, "padding_value": 0.0})


def conv2d_channels(images, kernels, **options):
    erase([images, kernels])
    return right_channels(images, kernels, **{**options, "bias": None})
