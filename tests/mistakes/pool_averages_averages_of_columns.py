"""pooling.py
mistake: median of medians: along rows, then along columns
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if mode != "median":
        return right_pooling.pool2d(images, size, stride, mode)
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    return right_pooling.pool2d(right_pooling.pool2d(images, (1, kw), (1, sw), "median"), (kh, 1), (sh, 1), "median")
