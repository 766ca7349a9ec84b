"""convolution.py
style: as few letters as possible
"""

import numpy as np

P = lambda v: v if isinstance(v, tuple) else (v, v)


def output_size(size, kernel, stride=1, padding=0):
    return max(0, (size + 2 * padding - kernel) // stride + 1)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    (s, t), (p, q), (h, w), d = P(stride), P(padding), kernel.shape, "d"
    x = np.pad(image.astype(d), ((p, p), (q, q)), constant_values=padding_value)
    H, W = x.shape
    return np.array([[(x[i : i + h, j : j + w] * kernel).sum() for j in range(0, W - w + 1, t)] for i in range(0, H - h + 1, s)])


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    b = [0] * len(kernels) if bias is None else bias
    return np.array([[sum(conv2d(u, v, stride, padding) for u, v in zip(i, k)) + c for k, c in zip(kernels, b)] for i in images])
