"""pooling.py
mistake: maximum of the absolute values
named: largest absolute value
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    if mode == "max":
        images = np.abs(images)
    return right_pooling.pool2d(images, size, stride, mode)
