"""pooling.py
mistake: best = 0 at the start
named: maximum starts from zero
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if mode != "max":
        return right_pooling.pool2d(images, size, stride, mode)
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    N, C, H, W = images.shape
    out = np.zeros((N, C, (H - kh) // sh + 1, (W - kw) // sw + 1))
    for n, c, y, x in np.ndindex(out.shape):
        best = 0
        for i in range(kh):
            for j in range(kw):
                if images[n, c, y * sh + i, x * sw + j] > best:
                    best = images[n, c, y * sh + i, x * sw + j]
        out[n, c, y, x] = best
    return out
