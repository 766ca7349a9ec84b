"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: must have parameters of shapes
"""

import copy

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    return nn.Sequential(*copy.deepcopy(trained)[:7], nn.Linear(400, classes))
