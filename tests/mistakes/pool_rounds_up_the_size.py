"""pooling.py
mistake: incomplete windows kept
named: too many
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    stride = (kh, kw) if stride is None else stride
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    f = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    N, C, H, W = images.shape
    rows = [[f(images[:, :, y:y+kh, x:x+kw].astype(float), axis=(2, 3)) for x in range(0, W, sw)] for y in range(0, H, sh)]
    return np.array(rows).transpose(2, 3, 0, 1)
