"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: The last layer is frozen
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    *others, last = copy.deepcopy(trained)
    return nn.Sequential(*others, nn.Linear(last.in_features, classes)).requires_grad_(False)
