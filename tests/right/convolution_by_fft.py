"""convolution.py
style: Fourier transforms of real numbers in float64; correlation is a product with the conjugate
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    room = size + 2 * padding - kernel
    return room // stride + 1 if room >= 0 else 0


def both_axes(value):
    vertical, horizontal = value if isinstance(value, tuple) else (value, value)
    return int(vertical), int(horizontal)


def correlate(images, kernels, stride):
    """(N, C, H, W), (K, C, KH, KW) -> (N, K, OH, OW), without padding"""
    height, width = images.shape[-2:]
    kh, kw = kernels.shape[-2:]
    spectrum = np.fft.rfft2(images)[:, None]
    filters = np.fft.rfft2(kernels, s=(height, width))[None]
    summed = (spectrum * filters.conj()).sum(axis=2)
    everywhere = np.fft.irfft2(summed, s=(height, width))
    # places where the kernel would wrap around are not valid
    valid = everywhere[:, :, : height - kh + 1, : width - kw + 1]
    down, right = both_axes(stride)
    return valid[:, :, ::down, ::right]


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    above, beside = both_axes(padding)
    padded = np.pad(image.astype(np.float64), [(above, above), (beside, beside)], constant_values=padding_value)
    return correlate(padded[None, None], kernel.astype(np.float64)[None, None], stride)[0, 0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    above, beside = both_axes(padding)
    padded = np.pad(images.astype(np.float64), [(0, 0), (0, 0), (above, above), (beside, beside)])
    maps = correlate(padded, kernels.astype(np.float64), stride)
    if bias is None:
        return maps
    return maps + np.reshape(bias, (-1, 1, 1)).astype(np.float64)
