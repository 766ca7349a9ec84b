"""pooling.py
mistake: range stops before the last window
named: part missing
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    stride = (kh, kw) if stride is None else stride
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    f = {"max": np.max, "min": np.min, "average": np.mean, "median": np.median}[mode]
    H, W = images.shape[2:]
    rows = [[f(images[:, :, y:y+kh, x:x+kw].astype(float), axis=(2, 3)) for x in range(0, W - kw, sw)] for y in range(0, H - kh, sh)]
    return np.moveaxis(np.array(rows).reshape(len(rows), -1, *images.shape[:2]), (2, 3), (0, 1))
