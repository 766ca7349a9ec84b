"""convolution.py
style: itertools.product over all places at once, functools.reduce for the sums
"""

from functools import reduce
from itertools import product, starmap
from operator import add, mul

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return len(range(kernel, size + 2 * padding + 1, stride))


def couple(a):
    return a if isinstance(a, tuple) else (a,) * 2


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sizes = list(map(output_size, image.shape, kernel.shape, couple(stride), couple(padding)))
    widths = [(p, p) for p in couple(padding)]
    flat = np.pad(image.astype(np.double), widths, "constant", constant_values=float(padding_value))
    result = np.zeros(sizes)
    for place in product(*map(range, sizes)):
        corner = [p * s for p, s in zip(place, couple(stride))]
        pairs = ((flat[corner[0] + y, corner[1] + x], float(kernel[y, x])) for y, x in product(*map(range, kernel.shape)))
        result[place] = reduce(add, starmap(mul, pairs))
    return result


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = [
        reduce(np.add, (conv2d(channel, weights, stride, padding) for channel, weights in zip(image, kernel)))
        for image, kernel in product(images, kernels)
    ]
    result = np.reshape(maps, (len(images), len(kernels), *maps[0].shape))
    if bias is not None:
        for k, b in enumerate(bias):
            result[:, k] += b
    return result
