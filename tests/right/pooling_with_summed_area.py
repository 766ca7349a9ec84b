"""pooling.py
style: averages from an integral image in long doubles; extremes along one axis after the other
"""

import numpy as np


def _pair(x):
    return x if isinstance(x, tuple) else (x, x)


def _slide(x, axis, window, step, function):
    """Apply a function of two arrays along an axis: separable, so one axis at a time."""
    x = np.moveaxis(x, axis, 0)
    places = (len(x) - window) // step + 1
    last = (places - 1) * step + 1
    result = x[0:last:step]
    for offset in range(1, window):
        result = function(result, x[offset : offset + last : step])
    return np.moveaxis(result, 0, axis)


def _averages(x, kh, kw, sh, sw):
    table = np.zeros((*x.shape[:2], x.shape[2] + 1, x.shape[3] + 1), dtype=np.longdouble)
    table[:, :, 1:, 1:] = x.cumsum(axis=2, dtype=np.longdouble).cumsum(axis=3)
    sums = table[:, :, kh:, kw:] - table[:, :, :-kh, kw:] - table[:, :, kh:, :-kw] + table[:, :, :-kh, :-kw]
    return (sums[:, :, ::sh, ::sw] / (kh * kw)).astype(np.float64)


def pool2d(images, size=2, stride=None, mode="max"):
    kh, kw = _pair(size)
    sh, sw = _pair(stride) if stride is not None else (kh, kw)
    x = np.asarray(images, dtype=np.float64)
    if mode == "average":
        return _averages(x, kh, kw, sh, sw)
    if mode in ("max", "min"):
        function = np.maximum if mode == "max" else np.minimum
        return _slide(_slide(x, 2, kh, sh, function), 3, kw, sw, function)
    rows = np.arange(0, x.shape[2] - kh + 1, sh)[:, None] + np.arange(kh)
    columns = np.arange(0, x.shape[3] - kw + 1, sw)[:, None] + np.arange(kw)
    return np.median(x[:, :, rows[:, None, :, None], columns[None, :, None, :]], axis=(4, 5))
