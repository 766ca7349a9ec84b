"""pooling.py
mistake: the second number of the size is used for both axes
named: width on both axes
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    k = size[1] if isinstance(size, tuple) else size
    return right_pooling.pool2d(images, k, size if stride is None else stride, mode)
