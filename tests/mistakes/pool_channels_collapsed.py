"""pooling.py
mistake: the maximum over the channels too, (N, OH, OW)
named: channels pooled into one
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    f = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    return f(right_pooling.pool2d(images, size, stride, mode), axis=1)
