"""convolution.py
style: integers stay integers where that is exact (narrow types, a whole padding value), else float64
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    if kernel <= size + 2 * padding:
        return 1 + (size + 2 * padding - kernel) // stride
    return 0


def _is_narrow(array):
    """Whether sums of products of such numbers surely fit into 64 bits."""
    return array.dtype.kind in "biu" and array.dtype.itemsize <= 2


def _common(*arrays):
    return np.int64 if all(map(_is_narrow, arrays)) else np.float64


def _two(value):
    return value if isinstance(value, tuple) else (value, value)


def _slide(x, kernels, stride):
    """(C, H, W), (K, C, KH, KW) -> (K, OH, OW)"""
    (sy, sx), (kh, kw) = _two(stride), kernels.shape[2:]
    oh, ow = output_size(x.shape[1], kh, sy), output_size(x.shape[2], kw, sx)
    out = np.zeros((len(kernels), oh, ow), dtype=x.dtype)
    for i, j in np.ndindex(oh, ow):
        patch = x[:, i * sy : i * sy + kh, j * sx : j * sx + kw]
        out[:, i, j] = (kernels * patch).sum(axis=(1, 2, 3))
    return out


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    whole = float(padding_value).is_integer() and abs(float(padding_value)) < 2**31
    dtype = _common(image, kernel) if whole else np.float64
    py, px = _two(padding)
    x = np.full((1, image.shape[0] + 2 * py, image.shape[1] + 2 * px), padding_value, dtype=dtype)
    x[0, py : py + image.shape[0], px : px + image.shape[1]] = image
    return _slide(x, kernel[None, None].astype(dtype), stride)[0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    dtype = _common(images, kernels)
    py, px = _two(padding)
    x = np.pad(images.astype(dtype), ((0, 0), (0, 0), (py, py), (px, px)))
    out = np.stack([_slide(image, kernels.astype(dtype), stride) for image in x])
    if bias is None:
        return out
    wanted = np.int64 if dtype is np.int64 and _is_narrow(bias) else np.float64
    return out.astype(wanted) + bias.astype(wanted)[:, None, None]
