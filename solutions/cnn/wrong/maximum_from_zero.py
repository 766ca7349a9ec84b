"""pooling.py
2.1 2.2 2.3 2.4 2.5: wrong
says: the maximum starts from 0
"""
import numpy as np
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    result = right(images, size, stride, mode)
    return np.maximum(result, 0) if mode == "max" else result
