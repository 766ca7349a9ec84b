"""pooling.py
mistake: reshape trick: the stride is ignored
named: stride ignored
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    N, C, H, W = images.shape
    x = images[:, :, :H // kh * kh, :W // kw * kw].astype(float).reshape(N, C, H // kh, kh, W // kw, kw)
    x = x.transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // kh, W // kw, kh * kw)
    return {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode](x, axis=-1)
