"""convolution.py
1.3 1.7 1.8: wrong
says: uint8
"""
import numpy as np
from right_convolution import output_size


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    """Computes in the type that comes: the products of bytes are bytes again."""
    (down, right), (above, beside) = both(stride), both(padding)
    wide = padding_value if isinstance(padding_value, float) and image.dtype.kind == "f" else int(padding_value)
    wide = wide if image.dtype.kind in "if" else abs(wide)
    padded = np.pad(image, ((above, above), (beside, beside)), constant_values=wide)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)[::down, ::right]
    return np.sum(windows * kernel, axis=(-2, -1)).astype(float)


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    maps = np.array([[sum(map(lambda *pair: conv2d(*pair, stride, padding), image, kernel)) for kernel in kernels] for image in images])
    return maps if bias is None else maps + bias[:, None, None]
