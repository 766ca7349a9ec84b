"""convolution.py
style: four nested loops and running sums; the padding is written into a new array by hand
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    total = size + 2 * padding
    if kernel > total:
        return 0
    return (total - kernel) // stride + 1


def two(value):
    if isinstance(value, tuple):
        return value[0], value[1]
    return value, value


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sv, sh = two(stride)
    pv, ph = two(padding)
    h, w = image.shape
    kh, kw = kernel.shape

    padded = np.full((h + 2 * pv, w + 2 * ph), float(padding_value))
    padded[pv : pv + h, ph : ph + w] = image
    weights = kernel.astype(float)

    oh = output_size(h, kh, sv, pv)
    ow = output_size(w, kw, sh, ph)
    out = np.zeros((oh, ow))
    for i in range(oh):
        for j in range(ow):
            total = 0.0
            for a in range(kh):
                for b in range(kw):
                    total += padded[i * sv + a, j * sh + b] * weights[a, b]
            out[i, j] = total
    return out


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    n, c = images.shape[:2]
    k = kernels.shape[0]
    result = None
    for image in range(n):
        for kernel in range(k):
            for channel in range(c):
                one = conv2d(images[image, channel], kernels[kernel, channel], stride, padding)
                if result is None:
                    result = np.zeros((n, k) + one.shape)
                result[image, kernel] += one
            if bias is not None:
                result[image, kernel] += bias[kernel]
    return result
