"""convolution.py
style: the widest floats that NumPy has, also in the result; the kernel and a window are multiplied as vectors
"""

import numpy as np

WIDE = np.longdouble


def output_size(size, kernel, stride=1, padding=0):
    last_start = size + 2 * padding - kernel
    return 0 if last_start < 0 else last_start // stride + 1


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    if not isinstance(stride, tuple):
        stride = (stride,) * 2
    if not isinstance(padding, tuple):
        padding = (padding,) * 2
    height, width = kernel.shape
    frame = np.full([n + 2 * p for n, p in zip(image.shape, padding)], WIDE(padding_value))
    frame[padding[0] :, padding[1] :][: image.shape[0], : image.shape[1]] = image
    flat_kernel = kernel.astype(WIDE).flatten()
    rows = range(0, frame.shape[0] - height + 1, stride[0])
    columns = range(0, frame.shape[1] - width + 1, stride[1])
    result = np.zeros((len(rows), len(columns)), dtype=WIDE)
    for i, y in enumerate(rows):
        for j, x in enumerate(columns):
            result[i, j] = np.dot(frame[y : y + height, x : x + width].flatten(), flat_kernel)
    return result


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    n, channels, k = len(images), images.shape[1], len(kernels)
    result = [[None] * k for _ in range(n)]
    for i in range(n):
        for j in range(k):
            result[i][j] = conv2d(images[i, 0], kernels[j, 0], stride, padding)
            for c in range(1, channels):
                result[i][j] = result[i][j] + conv2d(images[i, c], kernels[j, c], stride, padding)
            if bias is not None:
                result[i][j] = result[i][j] + WIDE(bias[j])
    return np.array(result, dtype=WIDE)
