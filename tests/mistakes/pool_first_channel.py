"""pooling.py
mistake: only channel 0 is pooled, copied to all
named: first repeated
"""

import numpy as np
import right_pooling
def pool2d(images, size=2, stride=None, mode="max"):
    pooled = right_pooling.pool2d(images[:, :1], size, stride, mode)
    return np.repeat(pooled, images.shape[1], axis=1)
