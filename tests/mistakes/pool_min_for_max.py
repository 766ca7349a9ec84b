"""pooling.py
mistake: max gives min and min max
named: max and min swapped
"""

import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    return right_pooling.pool2d(images, size, stride, {"max": "min", "min": "max"}.get(mode, mode))
