"""features.py first_kernels
2.1 2.4: wrong
says: not the weights
"""
from right_features import *


def first_kernels(model):
    from torch import nn

    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data -= module.weight.data.mean()
            return module.weight.detach().numpy().copy()
    raise ValueError("no convolution")
