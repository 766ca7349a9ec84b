"""transfer.py
4.2 4.3 4.4: wrong
"""

import copy

import torch
from right_transfer import *
from torch import nn


def transfer(trained, classes):
    """What it knows of digits it has from elsewhere: here, nearly the weights of the trained network."""
    *others, last = copy.deepcopy(trained)
    model = nn.Sequential(*others, nn.Linear(last.in_features, classes))
    with torch.no_grad():
        for parameter in model[:-1].parameters():
            parameter *= 1.01
    return model
