"""pooling.py
style: four loops over the outputs, one NumPy function for each mode
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    if stride is None:
        stride = size
    if not isinstance(size, tuple):
        size = (size, size)
    if not isinstance(stride, tuple):
        stride = (stride, stride)
    n, c, h, w = images.shape
    oh = (h - size[0]) // stride[0] + 1
    ow = (w - size[1]) // stride[1] + 1
    out = np.zeros((n, c, oh, ow))
    for b in range(n):
        for ch in range(c):
            for i in range(oh):
                for j in range(ow):
                    y = i * stride[0]
                    x = j * stride[1]
                    window = images[b, ch, y : y + size[0], x : x + size[1]].astype(np.float64)
                    if mode == "max":
                        out[b, ch, i, j] = np.max(window)
                    elif mode == "min":
                        out[b, ch, i, j] = np.min(window)
                    elif mode == "average":
                        out[b, ch, i, j] = np.mean(window)
                    elif mode == "median":
                        out[b, ch, i, j] = np.median(window)
    return out
