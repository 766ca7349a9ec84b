"""transfer.py
4.1: wrong
says: are frozen afterwards
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    *others, last = copy.deepcopy(trained)
    trained.requires_grad_(False)
    return nn.Sequential(*others, nn.Linear(last.in_features, classes))
