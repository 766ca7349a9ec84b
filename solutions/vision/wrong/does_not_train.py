"""failures.py train_robust
5.5: wrong
says: Does it see noise while it learns
"""

from right_failures import *


def train_robust(model, images, labels, *, epochs, seed=0):
    return [2.3 * 0.7**epoch for epoch in range(epochs)]
