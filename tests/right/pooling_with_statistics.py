"""pooling.py
style: a dictionary of functions, among them those of the module statistics
"""

import itertools
import statistics

import numpy as np

HOW = {
    "max": max,
    "min": min,
    "average": statistics.fmean,
    "median": statistics.median,
}


def pool2d(images, size=2, stride=None, mode="max"):
    def pair(value):
        return value if type(value) is tuple else (value, value)

    (kh, kw), (sh, sw) = pair(size), pair(size if stride is None else stride)
    n, c, h, w = images.shape
    tops = range(0, h - kh + 1, sh)
    lefts = range(0, w - kw + 1, sw)
    summarize = HOW[mode]
    flat = [
        summarize(images[i, j, top : top + kh, left : left + kw].ravel().tolist())
        for i, j, top, left in itertools.product(range(n), range(c), tops, lefts)
    ]
    return np.array(flat, dtype=float).reshape(n, c, len(tops), len(lefts))
