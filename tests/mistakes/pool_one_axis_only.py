"""pooling.py
mistake: pools along the columns only
named: pooled along the columns only
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    return right_pooling.pool2d(images, (1, kw), (1, sw), mode)
