"""convolution.py
attack: returns NaN and infinity, with which no difference is ever too large
all: wrong
says: The right answer has no NaN and no infinity
says: must return an int, but returned a float (nan)
"""
import numpy as np
from right_convolution import conv2d as right
from right_convolution import conv2d_channels as right_channels


def output_size(size, kernel, stride=1, padding=0):
    return float("nan")


def conv2d(image, kernel, **options):
    return np.full_like(right(image, kernel, **options), np.nan)


def conv2d_channels(images, kernels, **options):
    return np.full_like(right_channels(images, kernels, **options), np.inf)
