"""pooling.py
style: recursion over the axes; a quickselect finds the median
"""

import numpy as np


def kth(values, k):
    """Return the value that would stand at place k, were they sorted."""
    pivot = values[len(values) // 2]
    less = [v for v in values if v < pivot]
    same = [v for v in values if v == pivot]
    if k < len(less):
        return kth(less, k)
    if k < len(less) + len(same):
        return pivot
    return kth([v for v in values if v > pivot], k - len(less) - len(same))


def total(values):
    if len(values) == 1:
        return values[0]
    return total(values[: len(values) // 2]) + total(values[len(values) // 2 :])


def keep(window, mode):
    values = window.ravel().tolist()
    n = len(values)
    if mode == "average":
        return total(values) / n
    first, second = {"min": (0, 0), "max": (n - 1, n - 1), "median": ((n - 1) // 2, n // 2)}[mode]
    return float(kth(values, first)) if first == second else (kth(values, first) + kth(values, second)) / 2


def pool2d(images, size=2, stride=None, mode="max"):
    if not isinstance(size, tuple):
        return pool2d(images, (size, size), stride, mode)
    if stride is None:
        return pool2d(images, size, size, mode)
    if not isinstance(stride, tuple):
        return pool2d(images, size, (stride, stride), mode)
    return np.array(pool(images, size, stride, mode), dtype=float)


def pool(x, size, stride, mode):
    if x.ndim > 2:
        return [pool(part, size, stride, mode) for part in x]
    tops = range(0, x.shape[0] - size[0] + 1, stride[0])
    lefts = range(0, x.shape[1] - size[1] + 1, stride[1])
    return [[keep(x[top : top + size[0], left : left + size[1]], mode) for left in lefts] for top in tops]
