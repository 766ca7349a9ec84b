"""transfer.py
4.1: wrong
says: the trained one changes too
"""

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    *others, last = trained
    return nn.Sequential(*others, nn.Linear(last.in_features, classes))
