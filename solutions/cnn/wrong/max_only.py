"""pooling.py
2.2 2.4 2.5: wrong
says: the maximum of each window is returned
"""
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    return right(images, size, stride)
