"""augmentation.py flipped
3.1 3.4: wrong
"""
from right_augmentation import *


def flipped(images, random):
    chosen = (np.arange(len(images)) + random.integers(2)) % 2 == 0
    return np.where(chosen[:, None, None, None], images[..., ::-1], images)
