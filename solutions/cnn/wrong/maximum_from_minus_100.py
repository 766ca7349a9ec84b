"""pooling.py
2.4 2.5: wrong
says: the maximum starts from -100
"""
import numpy as np
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    pooled = right(images, size, stride, mode)
    return np.maximum(pooled, -100) if mode == "max" else pooled
