"""pooling.py
mistake: integer division in the average
named: average rounded down
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    out = right_pooling.pool2d(images, size, stride, mode)
    return np.floor(out) if mode == "average" else out
