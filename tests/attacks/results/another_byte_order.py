"""convolution.py
attack: returns right numbers in the other byte order and in Fortran's order, which is odd but no mistake
"""
import numpy as np
from right_convolution import *
from right_convolution import conv2d as right
from right_convolution import conv2d_channels as right_channels


def conv2d(image, kernel, *settings, **options):
    return right(image, kernel, *settings, **options).astype(">f8")


def conv2d_channels(images, kernels, *settings, **options):
    return np.asfortranarray(right_channels(images, kernels, *settings, **options).astype("<f4"))[::1]
