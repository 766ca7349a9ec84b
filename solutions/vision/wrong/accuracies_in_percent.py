"""failures.py accuracies
5.2: wrong
says: but accuracies returned
"""

import right_failures
from right_failures import *


def accuracies(model, images, labels, changes):
    found = right_failures.accuracies(model, images, labels, changes)
    return {name: 100 * share for name, share in found.items()}
