"""pooling.py
2.2 2.3 2.4 2.5: crashed
says: TypeError
"""
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    return right(images, size * 1.0 and int(size), stride, mode)
