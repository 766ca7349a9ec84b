"""pooling.py
2.2 2.4 2.5: wrong
says: the values are summed, but not divided by their number
"""
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    count = size[0] * size[1] if isinstance(size, tuple) else size * size
    return right(images, size, stride, mode) * (count if mode == "average" else 1)
