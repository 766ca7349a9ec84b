"""lenet.py
1.3 1.4: wrong
says: parameters and other numbers; at most 61,706
"""

import right_lenet
from right_lenet import *


class More(nn.Sequential):
    """Has a layer whose numbers are nobody's parameters."""

    def forward(self, images):
        return super().forward(images) + 1e-9 * (images.flatten(1) @ self.__dict__["hidden"])


def build_model():
    model = More(*right_lenet.build_model())
    model.__dict__["hidden"] = torch.randn(784, 10)
    return model
