"""lenet.py
1.2: wrong
"""

import right_lenet
from right_lenet import *


def train(model, images, labels, *, epochs, seed=0):
    """Shuffles the images, and forgets the labels."""
    return right_lenet.train(model, images[torch.randperm(len(images)).flip(0).roll(1)], labels, epochs=epochs, seed=seed)
