"""failures.py accuracies
5.2: wrong
says: accuracies must return a float for each change
"""

import right_failures
from right_failures import *


def accuracies(model, images, labels, changes):
    found = right_failures.accuracies(model, images, labels, changes)
    return {name: torch.tensor(share) for name, share in found.items()}
