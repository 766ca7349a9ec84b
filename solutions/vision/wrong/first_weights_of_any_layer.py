"""features.py first_kernels
2.4: wrong
says: must return a NumPy array of shape
"""
from right_features import *


def first_kernels(model):
    """Takes the first weights that there are, whatever layer they belong to."""
    return next(model.parameters()).detach().numpy().copy()
