"""failures.py moved
5.1: wrong
says: come in on the other
"""

from right_failures import *


def moved(images, down, right):
    return torch.roll(images, (down, right), (2, 3))
