"""pooling.py
mistake: tests for "avg": average falls through to the maximum
named: average taken for max
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if mode == "min":
        return right_pooling.pool2d(images, size, stride, "min")
    elif mode == "avg":
        return right_pooling.pool2d(images, size, stride, "average")
    elif mode == "median":
        return right_pooling.pool2d(images, size, stride, "median")
    return right_pooling.pool2d(images, size, stride, "max")
