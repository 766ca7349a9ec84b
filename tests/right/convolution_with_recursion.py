"""convolution.py
style: recursion instead of loops, down to the single product
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    if padding > 0:
        return output_size(size + 2 * padding, kernel, stride)
    if size < kernel:
        return 0
    # a kernel that is moved twice as far takes half as many places, or half a place more
    if size >= kernel + stride:
        half = output_size(size, kernel, 2 * stride)
        last = (half - 1) * 2 * stride + kernel
        return 2 * half - 1 + output_size(size - last, stride, stride)
    return 1


def dot(xs, ys):
    """Sum of the products, halves first: this also keeps rounding small."""
    if len(xs) == 1:
        return xs[0] * ys[0]
    half = len(xs) // 2
    return dot(xs[:half], ys[:half]) + dot(xs[half:], ys[half:])


def along_row(rows, weights, starts):
    if len(starts) > 1:
        half = len(starts) // 2
        return along_row(rows, weights, starts[:half]) + along_row(rows, weights, starts[half:])
    left, width = starts[0], len(weights[0])
    window = [value for row in rows for value in row[left : left + width]]
    return [dot(window, [value for row in weights for value in row])]


def down_rows(rows, weights, tops, lefts):
    if len(tops) > 1:
        half = len(tops) // 2
        return down_rows(rows, weights, tops[:half], lefts) + down_rows(rows, weights, tops[half:], lefts)
    return [along_row(rows[tops[0] : tops[0] + len(weights)], weights, lefts)]


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    p, q = pair(padding)
    rows = np.pad(image.astype(float), ((p, p), (q, q)), constant_values=padding_value).tolist()
    (height, width), (down, right) = kernel.shape, pair(stride)
    tops = range(0, len(rows) - height + 1, down)
    lefts = range(0, len(rows[0]) - width + 1, right)
    return np.array(down_rows(rows, kernel.astype(float).tolist(), tops, lefts))


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    if bias is not None:
        return conv2d_channels(images, kernels, None, stride, padding) + bias.reshape(1, len(bias), 1, 1)
    if len(images) > 1:
        rest = conv2d_channels(images[1:], kernels, None, stride, padding)
        return np.concatenate([conv2d_channels(images[:1], kernels, None, stride, padding), rest])
    if len(kernels) > 1:
        rest = conv2d_channels(images, kernels[1:], None, stride, padding)
        return np.concatenate([conv2d_channels(images, kernels[:1], None, stride, padding), rest], axis=1)
    if images.shape[1] > 1:
        first = conv2d_channels(images[:, :1], kernels[:, :1], None, stride, padding)
        return first + conv2d_channels(images[:, 1:], kernels[:, 1:], None, stride, padding)
    return conv2d(images[0, 0], kernels[0, 0], stride, padding)[None, None]
