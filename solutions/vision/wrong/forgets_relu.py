"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: computes something else
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    kept = [layer for layer in copy.deepcopy(trained) if not isinstance(layer, nn.ReLU)]
    return nn.Sequential(*kept[:-1], nn.Linear(kept[-1].in_features, classes))
