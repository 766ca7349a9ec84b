"""convolution.py
attack: returns arrays in which no element can be wrong because there is none, or that fit any shape
all: wrong
says: The result must have the shape (3, 3), but has (0,)
says: The result must have the shape (2, 4, 3, 3), but has (1,)
"""
import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return np.array([], int)


def conv2d(image, kernel, **options):
    return np.array([])


def conv2d_channels(images, kernels, **options):
    return np.array([0.0])
