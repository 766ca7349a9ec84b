"""features.py first_kernels
2.4: wrong
says: behind other convolutions
"""
from right_features import *


def first_kernels(model):
    """Takes convolutions along a row, and transposed ones, for convolutions of images."""
    for module in model.modules():
        if "Conv" in type(module).__name__:
            return module.weight.detach().numpy().copy()
    raise ValueError("no convolution")
