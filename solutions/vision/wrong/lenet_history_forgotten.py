"""lenet.py
1.2: wrong
says: train must return a list of one finite loss
"""

import right_lenet
from right_lenet import *


def train(model, images, labels, *, epochs, seed=0):
    right_lenet.train(model, images, labels, epochs=epochs, seed=seed)
