"""pooling.py
2.1 2.2 2.3 2.4 2.5: wrong
says: shape
"""
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    return right(images, size, stride, mode).max(axis=1, keepdims=True)
