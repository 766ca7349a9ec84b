"""failures.py adversarial
5.3 5.4: wrong
says: but the budget is
"""

from right_failures import *


def adversarial(model, images, labels, budget):
    """Shows each image where another one was."""
    return images.roll(1, 0)
