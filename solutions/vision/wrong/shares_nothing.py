"""transfer.py
4.2 4.3 4.4: wrong
says: Its start must be higher
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    """Builds the right layers, all with random weights."""
    *others, last = copy.deepcopy(trained)
    for layer in others:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return nn.Sequential(*others, nn.Linear(last.in_features, classes))
