"""pooling.py
mistake: sorted(values)[(n - 1) // 2]
named: lower median
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if mode != "median":
        return right_pooling.pool2d(images, size, stride, mode)
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    N, C, H, W = images.shape
    return np.array([[[[sorted(images[n, c, y:y+kh, x:x+kw].astype(float).ravel())[(kh * kw - 1) // 2] for x in range(0, W - kw + 1, sw)] for y in range(0, H - kh + 1, sh)] for c in range(C)] for n in range(N)])
