"""features.py picture
2.6: wrong
says: must have the shape
"""
from right_features import *
from right_features import picture as right


def picture(kernels, columns, gap=1):
    """Leaves out the columns that no kernel needs."""
    return right(kernels, min(columns, len(kernels)), gap)
