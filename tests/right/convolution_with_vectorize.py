"""convolution.py
style: np.indices and np.vectorize: one function of an output's place, applied to all places
"""

import math

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return max(0, math.floor((size + 2 * padding - kernel) / stride) + 1)


def as_pair(value):
    return tuple(np.broadcast_to(value, 2).tolist())


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return conv2d_channels(
        padded(image, padding, padding_value)[np.newaxis, np.newaxis],
        kernel[np.newaxis, np.newaxis],
        stride=stride,
    )[0, 0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    images = padded(images, padding, 0)
    kernels = kernels.astype(np.float64)
    intercepts = np.zeros(len(kernels)) if bias is None else bias.astype(np.float64)
    down, right = as_pair(stride)
    height, width = kernels.shape[2:]
    shape = (
        len(images),
        len(kernels),
        output_size(images.shape[2], height, down),
        output_size(images.shape[3], width, right),
    )

    def neuron(n, k, row, column):
        rows = slice(row * down, row * down + height)
        columns = slice(column * right, column * right + width)
        return np.vdot(images[n, :, rows, columns], kernels[k]) + intercepts[k]

    return np.vectorize(neuron, otypes=[np.float64])(*np.indices(shape))


def padded(images, padding, value):
    vertical, horizontal = as_pair(padding)
    *others, height, width = images.shape
    result = np.full((*others, height + 2 * vertical, width + 2 * horizontal), value, dtype=np.float64)
    result[..., vertical : vertical + height, horizontal : horizontal + width] = images
    return result
