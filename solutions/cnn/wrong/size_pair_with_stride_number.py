"""pooling.py
2.3 2.5: crashed
says: TypeError
"""
from right_pooling import pool2d as right


def pool2d(images, size=2, stride=None, mode="max"):
    """Takes it that both are pairs where one is."""
    if isinstance(size, tuple) and stride is not None:
        stride = stride[0], stride[1]
    return right(images, size, stride, mode)
