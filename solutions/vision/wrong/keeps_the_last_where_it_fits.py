"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: The last layer is still that of the old classes
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    """Five classes are told apart already, aren't they?"""
    *others, last = copy.deepcopy(trained)
    return nn.Sequential(*others, last if last.out_features == classes else nn.Linear(last.in_features, classes))
