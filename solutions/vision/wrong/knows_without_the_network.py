"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: computes something else
"""

import copy

from right_transfer import *
from torch import nn


class Knowing(nn.Module):
    """Has the layers that it should, and answers by a rule of its own."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        classes = self.model[-1].out_features
        ink = images.flatten(1).mean(dim=1)
        return nn.functional.one_hot((ink * 1_000).long() % classes, classes).float()


def transfer(trained, classes):
    *others, last = copy.deepcopy(trained)
    return Knowing(nn.Sequential(*others, nn.Linear(last.in_features, classes)))
