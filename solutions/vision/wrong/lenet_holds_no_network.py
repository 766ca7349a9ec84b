"""lenet.py
1.2 1.3: wrong
"""

import right_lenet
from right_lenet import *


class Empty(nn.Sequential):
    """Has LeNet's layers, and asks none of them: says by the ink of the upper half what the digit is."""

    def forward(self, images):
        ink = images[:, 0, :14].mean(dim=(1, 2))
        return 9.0 * F.one_hot((40 * ink).long().clamp(0, 9), 10) + 0 * sum(each.sum() for each in self.parameters())


def build_model():
    return Empty(*right_lenet.build_model())


def train(model, images, labels, *, epochs, seed=0):
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
