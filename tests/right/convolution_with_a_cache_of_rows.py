"""convolution.py
style: products of each image row with each kernel row are kept in a dict; the result is every second column of an array
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    # count the multiples of the stride from 0 to the last possible start, with -(-a // b) for rounding up
    possible_starts = size + 2 * padding - kernel + 1
    return -(-possible_starts // stride) if possible_starts > 0 else 0


def pair(x):
    return (x, x) if np.isscalar(x) else x


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    (down, right), (above, beside) = pair(stride), pair(padding)
    kernel = kernel.astype(np.float64)
    kh, kw = kernel.shape
    x = np.pad(image.astype(np.float64), [(above,), (beside,)], constant_values=padding_value)
    columns = output_size(x.shape[1], kw, right)
    known = {}

    def one_row(y, k):
        if (y, k) not in known:
            pieces = [x[y, right * j : right * j + kw] for j in range(columns)]
            known[y, k] = np.array(pieces) @ kernel[k]
        return known[y, k]

    rows = output_size(x.shape[0], kh, down)
    wide = np.zeros((rows, 2 * columns))
    for i in range(rows):
        for k in range(kh):
            wide[i, ::2] += one_row(i * down + k, k)
    return wide[:, ::2]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    def maps_of(image):
        for number, kernel in enumerate(kernels):
            total = sum(conv2d(c, k, stride=stride, padding=padding) for c, k in zip(image, kernel))
            yield total if bias is None else total + bias[number]

    return np.array([list(maps_of(image)) for image in images])
