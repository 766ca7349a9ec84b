"""convolution.py
style: pads and slides along one axis after the other with fancy indices; conv2d stands alone, so does conv2d_channels
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    padded = size + 2 * padding
    if (difference := padded - kernel) < 0:
        return 0
    return difference // stride + 1


def places(size, kernel, stride):
    """Return indices (places, kernel): the numbers under the kernel at each of its places."""
    return stride * np.arange(output_size(size, kernel, stride))[:, None] + np.arange(kernel)[None, :]


def split(value):
    first, second, *_ = value if isinstance(value, tuple) else (value, value)
    return first, second


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for p in split(padding):
        # pad the rows and turn the image; twice, and it stands upright again
        edge = np.full((p, image.shape[1]), padding_value, dtype=np.float64)
        image = np.concatenate((edge, image, edge)).T
    rows = places(image.shape[0], kernel.shape[0], split(stride)[0])
    columns = places(image.shape[1], kernel.shape[1], split(stride)[1])
    windows = image[rows[:, None, :, None], columns[None, :, None, :]].astype(np.float64)
    return (windows * kernel).sum(axis=-1).sum(axis=-1)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    (n, c, h, w), (k, _, kh, kw) = images.shape, kernels.shape
    (p, q), (s, t) = split(padding), split(stride)
    x = np.zeros((n, c, h + 2 * p, w + 2 * q))
    x[..., p : p + h, q : q + w] = images
    x = x[:, :, places(h + 2 * p, kh, s)]  # (N, C, OH, KH, W)
    x = x[..., places(w + 2 * q, kw, t)]  # (N, C, OH, KH, OW, KW)
    x = np.moveaxis(x, (2, 4), (1, 2))  # (N, OH, OW, C, KH, KW)
    maps = x.reshape(*x.shape[:3], -1) @ kernels.reshape(k, -1).astype(np.float64).T
    if bias is not None:
        maps = maps + bias
    return np.moveaxis(maps, -1, 1)
