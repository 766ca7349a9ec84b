"""lenet.py
1.2: wrong
says: The model learns, but
"""

import right_lenet
from right_lenet import *


def train(model, images, labels, *, epochs, seed=0):
    """Shows no digit as it is, but upside down."""
    return right_lenet.train(model, images.flip(2, 3), labels, epochs=epochs, seed=seed)
