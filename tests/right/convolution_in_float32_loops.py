"""convolution.py
style: everything in float32, one product after another into float32 arrays
"""

import numpy as np


def output_size(size, kernel, stride=1, padding=0):
    n_steps = (size + 2 * padding - kernel) / stride
    return int(n_steps) + 1 if n_steps >= 0 else 0


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    match stride:
        case (sy, sx):
            pass
        case sy:
            sx = sy
    match padding:
        case (py, px):
            pass
        case py:
            px = py
    image, kernel = image.astype(np.float32), kernel.astype(np.float32)
    image = np.pad(image, ((py, py), (px, px)), constant_values=np.float32(padding_value))
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((output_size(h, kh, sy), output_size(w, kw, sx)), np.float32)
    for y in range(kh):
        for x in range(kw):
            out += kernel[y, x] * image[y : h - kh + y + 1 : sy, x : w - kw + x + 1 : sx]
    return out


def conv2d_channels(images, kernels, bias=None, stride=1, padding=0):
    out = np.stack(
        [
            np.stack([sum(conv2d(x, k, stride, padding) for x, k in zip(image, kernel)) for kernel in kernels])
            for image in images
        ]
    )
    assert out.dtype == np.float32
    if bias is not None:
        out += bias.astype(np.float32)[:, None, None]
    return out
