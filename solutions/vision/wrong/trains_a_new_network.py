"""failures.py train_robust
5.5: wrong
says: must return a list
"""

import copy

import right_failures
from right_failures import *


def train_robust(model, images, labels, *, epochs, seed=0):
    """Trains a copy, and returns that instead of the losses."""
    model = copy.deepcopy(model)
    right_failures.train_robust(model, images, labels, epochs=1, seed=seed)
    return model
