"""pooling.py
mistake: the index of the maximum
named: place for number
"""

import numpy as np
def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = size if isinstance(size, tuple) else (size, size)
    stride = (kh, kw) if stride is None else stride
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    f = {"max": np.argmax, "min": np.argmin}.get(mode)
    N, C, H, W = images.shape
    oh, ow = (H - kh) // sh + 1, (W - kw) // sw + 1
    out = np.zeros((N, C, oh, ow))
    for n in range(N):
        for c in range(C):
            for i in range(oh):
                for j in range(ow):
                    w = images[n, c, i*sh:i*sh+kh, j*sw:j*sw+kw].astype(float)
                    out[n, c, i, j] = f(w) if f else {"average": np.mean, "median": np.median}[mode](w)
    return out
