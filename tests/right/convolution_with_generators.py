"""convolution.py
style: generators of windows and np.fromiter; exact sums by math.fsum; no copy with padding: indices are tested
"""

import math

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return sum(1 for _ in starts(size, kernel, stride, padding))


def starts(size, kernel, stride, padding):
    yield from range(-padding, size + padding - kernel + 1, stride)


def pair(v):
    return v if isinstance(v, tuple) else (v, v)


def at(image, y, x, outside):
    inside = 0 <= y < image.shape[0] and 0 <= x < image.shape[1]
    return float(image[y, x]) if inside else outside


def products(image, kernel, top, left, outside):
    for (dy, dx), weight in np.ndenumerate(kernel):
        yield at(image, top + dy, left + dx, outside) * float(weight)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    axes = list(zip(image.shape, kernel.shape, pair(stride), pair(padding)))
    shape = tuple(output_size(*axis) for axis in axes)
    outside = float(padding_value)
    sums = (
        math.fsum(products(image, kernel, top, left, outside)) for top in starts(*axes[0]) for left in starts(*axes[1])
    )
    return np.fromiter(sums, dtype=float, count=math.prod(shape)).reshape(shape)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    def one_output_map(image, number):
        total = sum(conv2d(channel, weights, stride, padding) for channel, weights in zip(image, kernels[number]))
        return total if bias is None else total + float(bias[number])

    return np.array([[one_output_map(image, number) for number in range(len(kernels))] for image in images])
