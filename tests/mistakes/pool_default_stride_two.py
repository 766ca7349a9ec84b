"""pooling.py
mistake: the default stride is 2, whatever the size
named: default stride of two
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if stride is None:
        stride = 2
    return right_pooling.pool2d(images, size, stride, mode)
