"""transfer.py
all: passed
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    *others, last = copy.deepcopy(trained)
    return nn.Sequential(*others, nn.Linear(last.in_features, classes))
