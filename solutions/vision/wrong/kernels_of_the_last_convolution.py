"""features.py first_kernels
2.1 2.4: wrong
says: not the weights of its first convolution
"""
from right_features import *


def first_kernels(model):
    from torch import nn

    found = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    if not found:
        raise ValueError("no convolution")
    return found[-1].weight.detach().numpy().copy()
