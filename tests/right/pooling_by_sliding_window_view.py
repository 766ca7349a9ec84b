"""pooling.py
style: sliding_window_view, and one NumPy function over the last two axes
"""

import numpy as np


def pool2d(images, size=2, stride=None, mode="max"):
    stride = size if stride is None else stride
    kh, kw = size if isinstance(size, tuple) else (size, size)
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    numbers = images.astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, (kh, kw), axis=(-2, -1))[:, :, ::sh, ::sw]
    functions = {"max": np.amax, "min": np.amin, "average": np.average, "median": np.median}
    return functions[mode](windows, axis=(-2, -1))
