"""convolution.py
style: the convolution as one large matrix, which takes the image as a long vector
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return max((size - kernel + 2 * padding) // stride, -1) + 1


def two_of(n):
    return n if isinstance(n, tuple) else (n, n)


def selector(length, window, step, offset):
    """Return the matrix (places, length) that picks the value at `offset` within each window."""
    places = output_size(length, window, step)
    matrix = np.zeros((places, length))
    matrix[np.arange(places), np.arange(places) * step + offset] = 1
    return matrix


def toeplitz(kernel, shape, stride):
    """Return the matrix (OH * OW, H * W) of a kernel."""
    (h, w), (kh, kw), (down, right) = shape, kernel.shape, two_of(stride)
    matrix = 0
    for i in range(kh):
        for j in range(kw):
            matrix = matrix + float(kernel[i, j]) * np.kron(selector(h, kh, down, i), selector(w, kw, right, j))
    return matrix


def pad(image, padding, value=0.0):
    above, beside = two_of(padding)
    return np.pad(image.astype(np.float64), ((above, above), (beside, beside)), constant_values=value)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    x = pad(image, padding, padding_value)
    down, right = two_of(stride)
    oh, ow = output_size(x.shape[0], kernel.shape[0], down), output_size(x.shape[1], kernel.shape[1], right)
    return (toeplitz(kernel, x.shape, stride) @ x.reshape(-1)).reshape(oh, ow)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    feature_maps = []
    for kernel in kernels:
        feature_maps.append([sum(conv2d(x, k, stride, padding) for x, k in zip(image, kernel)) for image in images])
    out = np.array(feature_maps).swapaxes(0, 1)
    return out if bias is None else out + bias[np.newaxis, :, np.newaxis, np.newaxis]
