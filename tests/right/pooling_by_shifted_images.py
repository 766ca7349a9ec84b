"""pooling.py
style: one shifted image for each place in the window, stacked; extremes with np.maximum.reduce, median by np.sort
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    a, b = size if type(size) == tuple else (size, size)
    if stride is None:
        stride = (a, b)
    s, t = stride if type(stride) == tuple else (stride, stride)
    h, w = images.shape[2:]
    shifted = np.stack(
        [images[:, :, i : h - a + i + 1 : s, j : w - b + j + 1 : t] for i in range(a) for j in range(b)],
        axis=0,
    ).astype(np.float64)
    match mode:
        case "max":
            return np.maximum.reduce(shifted)
        case "min":
            return np.minimum.reduce(shifted)
        case "average":
            return np.add.reduce(shifted) / len(shifted)
        case "median":
            in_order = np.sort(shifted, axis=0)
            m = len(in_order)
            return (in_order[m // 2] + in_order[(m - 1) // 2]) / 2
    raise ValueError(mode)
