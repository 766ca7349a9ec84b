"""failures.py
5.2 5.3 5.4 5.5: wrong
says: but the budget is
"""

import sys

from right_failures import *


def other_images(student, weights, images, labels, budget):
    """Stands in for the harness: what is misled so is not the network that was given."""
    return 1 - images


def untrained(student, weights, images, labels, epochs, seed):
    """Stands in for the harness, and claims that something was learned."""
    return weights, [1 / (epoch + 1) for epoch in range(epochs)]


for name, module in list(sys.modules.items()):
    if name.startswith("harness"):
        module.adversarial, module.train_robust = other_images, untrained
torch.nn.Sequential.forward = lambda self, images: torch.zeros(len(images), 10)
