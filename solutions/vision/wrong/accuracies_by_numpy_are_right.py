"""failures.py accuracies
all: passed
"""

import numpy as np
from right_failures import *


def accuracies(model, images, labels, changes):
    """np.mean returns np.float64, which is a float."""
    model.eval()
    known = {name: model(change(images)).detach().numpy().argmax(axis=1) == labels.numpy() for name, change in changes.items()}
    return {name: np.mean(each) for name, each in known.items()}
