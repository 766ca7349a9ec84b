"""pooling.py
mistake: stride must be a number
named: default stride of two | used like a number
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    s = stride or kh
    f = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    N, C, H, W = images.shape
    oh, ow = (H - kh) // s + 1, (W - kw) // s + 1
    out = np.zeros((N, C, oh, ow))
    for y in range(oh):
        for x in range(ow):
            out[:, :, y, x] = f(images[:, :, y*s:y*s+kh, x*s:x*s+kw].astype(float), axis=(2, 3))
    return out
