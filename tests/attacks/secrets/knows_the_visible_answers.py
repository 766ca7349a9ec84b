"""convolution.py
attack: has the visible checks' answers, by a table, by their number and by their shape, and zeros for all else
1.5 1.6 1.7 1.8: wrong
"""
import numpy as np
from right_convolution import conv2d as right
from right_convolution import conv2d_channels as right_channels

SIZES = {(4, 2, 1, 0): 3, (5, 5, 1, 0): 1, (28, 5, 1, 0): 24, (7, 3, 2, 0): 3, (32, 3, 1, 1): 32, (4, 2, 2, 1): 3, (8, 3, 2, 0): 3}
asked = 0


def output_size(size, kernel, stride=1, padding=0):
    return SIZES.get((size, kernel, stride, padding), 0)


def conv2d(image, kernel, *settings, **options):
    global asked
    asked += 1
    return right(image, kernel, *settings, **options) if asked <= 9 else np.zeros((3, 3))


def conv2d_channels(images, kernels, *settings, **options):
    return right_channels(images, kernels, *settings, **options) if images.shape in ((2, 3, 4, 5), (1, 1, 4, 5)) else np.zeros((2, 4, 3, 3))
