"""pooling.py
mistake: the maximum of the whole channel
named: whole channels pooled
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    out = right_pooling.pool2d(images, size, stride, mode)
    f = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    return np.zeros_like(out) + f(images.astype(float), axis=(2, 3), keepdims=True)
