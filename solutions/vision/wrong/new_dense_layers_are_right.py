"""transfer.py
all: passed
"""

import copy

from right_transfer import *
from torch import nn


class Transferred(nn.Module):
    """Shares the convolutions, which go on learning."""

    def __init__(self, trained, classes):
        super().__init__()
        self.features = copy.deepcopy(trained[:7])
        self.dense = nn.Sequential(nn.Linear(400, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, classes))

    def forward(self, images):
        return self.dense(self.features(images))


def transfer(trained, classes):
    return Transferred(trained, classes)
