"""transfer.py
4.1 4.2 4.3 4.4: wrong
says: the trained one changes too
"""

from right_transfer import *
from torch import nn


def transfer(trained, classes):
    """Draws new weights for layers that it holds together with the trained network."""
    model = nn.Sequential(*trained[:-1], nn.Linear(trained[-1].in_features, classes))
    for layer in model:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return model
