"""features.py first_kernels
2.1 2.4: crashed
says: detach
"""
from right_features import *


def first_kernels(model):
    from torch import nn

    return next(module for module in model.modules() if isinstance(module, nn.Conv2d)).weight.numpy().copy()
