"""augmentation.py flipped
3.1 3.4: out of memory
says: needs more memory than it may use
"""
from right_augmentation import *


def flipped(images, random):
    return np.repeat(images, 100_000, axis=0)
