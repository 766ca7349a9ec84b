"""convolution.py
1.4 1.8: wrong
says: cut off to integers
"""
import numpy as np
from right_convolution import conv2d, output_size


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    """Collects the outputs in an array of integers, which cuts decimals off."""
    first = conv2d(images[0, 0], kernels[0, 0], stride, padding)
    feature_maps = np.zeros((len(images), len(kernels), *first.shape), dtype=int)
    for n, image in enumerate(images):
        for k, kernel in enumerate(kernels):
            total = sum(conv2d(image[c], kernel[c], stride, padding) for c in range(len(image)))
            feature_maps[n, k] = total if bias is None else total + bias[k]
    return feature_maps
