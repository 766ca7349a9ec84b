"""pooling.py
mistake: every mode but max gives the average
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    return right_pooling.pool2d(images, size, stride, mode if mode == "max" else "average")
