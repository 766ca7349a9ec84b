"""pooling.py
style: as few letters as possible
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    f = getattr(np, {"average": "mean"}.get(mode, mode))
    p = lambda v: v if isinstance(v, tuple) else (v, v)
    (h, w), (s, t), x = p(size), p(stride or size), images.astype("d")
    H, W = x.shape[2:]
    return np.array([[f(x[:, :, i : i + h, j : j + w], (2, 3)) for j in range(0, W - w + 1, t)] for i in range(0, H - h + 1, s)]).transpose(2, 3, 0, 1)
