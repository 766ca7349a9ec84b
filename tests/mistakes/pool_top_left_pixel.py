"""pooling.py
mistake: keeps the first pixel of each window
named: first number kept
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    import right_pooling
    out = right_pooling.pool2d(images, size, stride, mode)
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    return images[:, :, ::sh, ::sw][:, :, :out.shape[2], :out.shape[3]].astype(float)
