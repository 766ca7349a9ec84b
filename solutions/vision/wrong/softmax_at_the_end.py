"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: one too many
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    *others, last = copy.deepcopy(trained)
    return nn.Sequential(*others, nn.Linear(last.in_features, classes), nn.Softmax(dim=1))
