"""pooling.py
mistake: average divides by the stride's product
named: multiples
"""

import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    out = right_pooling.pool2d(images, size, stride, mode)
    if mode != "average":
        return out
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = (kh, kw) if stride is None else stride if isinstance(stride, tuple) else (stride, stride)
    return out * kh * kw / (sh * sw)
