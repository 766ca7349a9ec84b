"""failures.py accuracies
5.2: wrong
says: but accuracies returned
"""

from right_failures import *


def accuracies(model, images, labels, changes):
    """Makes each change on top of those before it."""
    found = {}
    for name, change in changes.items():
        images = change(images)
        found[name] = (model(images).argmax(dim=1) == labels).float().mean().item()
    return found
