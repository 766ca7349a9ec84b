"""convolution.py
style: complex Fourier transforms of sizes that are powers of two; the kernel is flipped, so that a product convolves
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    extent = size + 2 * padding
    return (extent - kernel) // stride + 1 if extent >= kernel else 0


def power_of_two(at_least):
    power = 1
    while power < at_least:
        power *= 2
    return power


def correlation(image, kernel):
    """All places of the kernel inside the image, both of float64."""
    (h, w), (kh, kw) = image.shape, kernel.shape
    shape = (power_of_two(h + kh - 1), power_of_two(w + kw - 1))
    product = np.fft.fft2(image, shape) * np.fft.fft2(kernel[::-1, ::-1], shape)
    return np.fft.ifft2(product).real[kh - 1 : h, kw - 1 : w]


def vertical_horizontal(x):
    return x if isinstance(x, tuple) else (x, x)


def framed(image, padding, value):
    p, q = vertical_horizontal(padding)
    big = np.full((image.shape[0] + 2 * p, image.shape[1] + 2 * q), value, dtype=np.float64)
    big[p : p + image.shape[0], q : q + image.shape[1]] = image
    return big


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    s, t = vertical_horizontal(stride)
    return correlation(framed(image, padding, padding_value), np.array(kernel, dtype=np.float64))[::s, ::t]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    s, t = vertical_horizontal(stride)
    maps = []
    for image in images:
        channels = [framed(channel, padding, 0.0) for channel in image]
        for kernel in kernels.astype(np.float64):
            maps.append(sum(correlation(x, k) for x, k in zip(channels, kernel))[::s, ::t])
    stacked = np.stack(maps)
    stacked = stacked.reshape(len(images), len(kernels), *stacked.shape[1:])
    if bias is not None:
        stacked += bias.reshape(-1, 1, 1)
    return stacked
