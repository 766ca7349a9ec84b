"""features.py first_kernels
2.4: wrong
says: must raise a ValueError
"""
from right_features import *


def first_kernels(model):
    from torch import nn

    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            return module.weight.detach().numpy().copy()
