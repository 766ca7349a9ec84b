"""pooling.py
mistake: the average always divides by 4
named: always divided by four
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    if mode == "average":
        return right_pooling.pool2d(images, size, stride, "average") * kh * kw / 4
    return right_pooling.pool2d(images, size, stride, mode)
