"""pooling.py
mistake: starts from -1
named: cut off beyond some bound
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    out = right_pooling.pool2d(images, size, stride, mode)
    return np.maximum(out, -1) if mode == "max" else out
