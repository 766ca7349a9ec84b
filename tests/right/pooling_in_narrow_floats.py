"""pooling.py
style: averages in float32, medians in float64, maximum and minimum in the type of the images
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    try:
        kh, kw = size
    except TypeError:
        kh, kw = size, size
    if stride is None:
        sh, sw = kh, kw
    elif np.ndim(stride):
        sh, sw = stride
    else:
        sh, sw = stride, stride

    oh = divmod(images.shape[2] - kh, sh)[0] + 1
    ow = divmod(images.shape[3] - kw, sw)[0] + 1
    same = np.promote_types(images.dtype, np.int8)  # truth values become 0 and 1
    dtype = {"average": np.float32, "median": np.float64}.get(mode, same)
    out = np.empty((len(images), images.shape[1], oh, ow), dtype)
    x = images.astype(out.dtype)
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            if mode == "max":
                out[:, :, i, j] = window.max(axis=3).max(axis=2)
            elif mode == "min":
                out[:, :, i, j] = window.min(axis=3).min(axis=2)
            elif mode == "average":
                out[:, :, i, j] = window.sum(axis=(2, 3)) / np.float32(kh * kw)
            else:
                out[:, :, i, j] = np.median(window, axis=(2, 3))
    return out
