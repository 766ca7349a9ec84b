"""features.py first_kernels
2.4: wrong
says: not the weights of its first convolution
"""
from right_features import *


def first_kernels(model):
    from torch import nn

    for module in model.modules():
        if type(module) is nn.Conv2d:
            return module.weight.detach().numpy().copy()
    raise ValueError("no convolution")
