"""convolution.py
style: C's habits: while loops over flat buffers, with pointers made of integers
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    n = 0
    end = size + (padding << 1) - kernel
    while end >= 0:
        n += 1
        end -= stride
    return n


def conv(dst, d, src, s, width, ker, k, kh, kw, oh, ow, sy, sx):
    """Add one channel's convolution to dst[d:], from src[s:], whose rows are `width` long, and ker[k:]."""
    y = 0
    while y < oh:
        x = 0
        while x < ow:
            acc = 0.0
            i = 0
            while i < kh:
                p = s + (y * sy + i) * width + x * sx
                q = k + i * kw
                j = 0
                while j < kw:
                    acc += src[p] * ker[q]
                    p += 1
                    q += 1
                    j += 1
                i += 1
            dst[d] += acc
            d += 1
            x += 1
        y += 1


def split(value):
    if isinstance(value, tuple):
        return value[0], value[1]
    return value, value


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    return run(image[None, None], kernel[None, None], [0.0], stride, padding, float(padding_value))[0, 0]


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    start = [0.0] * kernels.shape[0] if bias is None else [float(b) for b in bias]
    return run(images, kernels, start, stride, padding, 0.0)


def run(images, kernels, start, stride, padding, value):
    sy, sx = split(stride)
    py, px = split(padding)
    n, c, h, w = images.shape
    k, _, kh, kw = kernels.shape
    oh, ow = output_size(h, kh, sy, py), output_size(w, kw, sx, px)
    h, w = h + 2 * py, w + 2 * px
    big = np.full((n, c, h, w), value)
    big[:, :, py : h - py, px : w - px] = images
    src = big.ravel().tolist()
    ker = kernels.astype(float).ravel().tolist()
    dst = []
    b = 0
    while b < n:
        f = 0
        while f < k:
            dst += [start[f]] * (oh * ow)
            ch = 0
            while ch < c:
                conv(dst, (b * k + f) * oh * ow, src, (b * c + ch) * h * w, w, ker, (f * c + ch) * kh * kw, kh, kw, oh, ow, sy, sx)
                ch += 1
            f += 1
        b += 1
    return np.array(dst).reshape(n, k, oh, ow)
