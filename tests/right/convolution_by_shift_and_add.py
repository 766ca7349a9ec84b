"""convolution.py
style: one shifted copy of the image for each place of the kernel, all added up
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    q, _ = divmod(size + 2 * padding - kernel, stride)
    return max(q + 1, 0)


def pair(x):
    if hasattr(x, "__len__"):
        return x[0], x[1]
    return x, x


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    # the general function, with one channel; the value in the padding is put there first
    py, px = pair(padding)
    framed = np.empty((image.shape[0] + 2 * py, image.shape[1] + 2 * px), dtype=np.float64)
    framed.fill(padding_value)
    framed[py : framed.shape[0] - py, px : framed.shape[1] - px] = image
    return conv2d_channels(framed[None, None], kernel[None, None], stride=stride)[0, 0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    sy, sx = pair(stride)
    py, px = pair(padding)
    n, c, h, w = images.shape
    k, _, kh, kw = kernels.shape
    oh = output_size(h, kh, sy, py)
    ow = output_size(w, kw, sx, px)
    x = np.zeros((n, c, h + 2 * py, w + 2 * px))
    x[:, :, py : py + h, px : px + w] = images
    kernels = kernels.astype(np.float64)

    out = np.zeros((n, k, oh, ow))
    if bias is not None:
        out += bias[:, None, None]
    for a in range(kh):
        for b in range(kw):
            shifted = x[:, :, a : a + (oh - 1) * sy + 1 : sy, b : b + (ow - 1) * sx + 1 : sx]
            for channel in range(c):
                out += shifted[:, None, channel] * kernels[None, :, channel, a, b, None, None]
    return out
