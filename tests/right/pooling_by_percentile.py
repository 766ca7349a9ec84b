"""pooling.py
style: minimum, median and maximum are all percentiles, of which the lower and the higher are averaged
"""

import numpy as np

PERCENT = {"min": 0, "median": 50, "max": 100}


def places(length, window, step):
    count = 0
    while count * step + window <= length:
        count += 1
    return count


def pool2d(images, size=2, stride=None, mode="max"):
    if not isinstance(size, tuple):
        size = (size, size)
    if stride is None:
        stride = size
    elif not isinstance(stride, tuple):
        stride = (stride, stride)
    n, c, h, w = images.shape
    oh, ow = places(h, size[0], stride[0]), places(w, size[1], stride[1])
    out = np.empty((oh, ow, n, c))
    for i in range(oh):
        for j in range(ow):
            y, x = i * stride[0], j * stride[1]
            patch = images[..., y : y + size[0], x : x + size[1]].astype(np.float64)
            if mode == "average":
                out[i, j] = patch.mean(axis=(2, 3))
            else:
                lower = np.percentile(patch, PERCENT[mode], axis=(2, 3), method="lower")
                higher = np.percentile(patch, PERCENT[mode], axis=(2, 3), method="higher")
                out[i, j] = (lower + higher) / 2
    return np.transpose(out, (2, 3, 0, 1))
