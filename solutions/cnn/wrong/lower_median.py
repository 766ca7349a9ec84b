"""pooling.py
2.2 2.4 2.5: wrong
says: the smaller of the two middle values
"""
import numpy as np
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    if mode != "median":
        return right(images, size, stride, mode)
    median, np.median = np.median, lambda window, axis: np.quantile(window, 0.5, axis=axis, method="lower")
    try:
        return right(images, size, stride, mode)
    finally:
        np.median = median
