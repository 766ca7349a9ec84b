"""convolution.py
style: im2col and a matrix product, in float32
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    return max(0, (size + 2 * padding - kernel + stride) // stride)


def _as_pair(x):
    return x if isinstance(x, tuple) else (x, x)


def im2col(x, kh, kw, sy, sx):
    """(N, C, H, W), already padded -> (N, C * KH * KW, OH * OW)"""
    n, c, h, w = x.shape
    oh, ow = output_size(h, kh, sy), output_size(w, kw, sx)
    cols = np.empty((n, c, kh, kw, oh, ow), dtype=np.float32)
    for y in range(kh):
        for z in range(kw):
            cols[:, :, y, z] = x[:, :, y : y + sy * oh : sy, z : z + sx * ow : sx]
    return cols.reshape(n, c * kh * kw, oh * ow), oh, ow


def _convolve(x, weights, sy, sx):
    k, _, kh, kw = weights.shape
    cols, oh, ow = im2col(x, kh, kw, sy, sx)
    out = weights.astype(np.float32).reshape(k, -1) @ cols
    return out.reshape(len(x), k, oh, ow)


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    sy, sx = _as_pair(stride)
    py, px = _as_pair(padding)
    x = np.pad(image.astype(np.float32), ((py, py), (px, px)), constant_values=padding_value)
    return _convolve(x[np.newaxis, np.newaxis], kernel[np.newaxis, np.newaxis], sy, sx)[0, 0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    sy, sx = _as_pair(stride)
    py, px = _as_pair(padding)
    x = np.pad(images.astype(np.float32), ((0, 0), (0, 0), (py, py), (px, px)))
    out = _convolve(x, kernels, sy, sx)
    if bias is not None:
        out += bias.astype(np.float32).reshape(1, -1, 1, 1)
    return out
