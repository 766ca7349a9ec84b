"""pooling.py
2.4 2.5: wrong
says: a 0 that was found is treated as nothing found
"""
import numpy as np
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    if mode not in ("max", "min"):
        return right(images, size, stride, mode)
    height, width = size if isinstance(size, tuple) else (size, size)
    down, across = (height, width) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    pooled = right(images, size, stride, mode)
    for n, c, row, column in np.ndindex(pooled.shape):
        best = 0.0
        for value in images[n, c, row * down :, column * across :][:height, :width].astype(float).flat:
            if not best or (value > best if mode == "max" else value < best):
                best = value
        pooled[n, c, row, column] = best
    return pooled
