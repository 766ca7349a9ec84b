"""augmentation.py flipped
3.1 3.4: wrong
says: Does each call draw again
"""
from right_augmentation import *


def flipped(images, random):
    chosen = np.random.default_rng(0).random(len(images)) < 0.5
    return np.where(chosen[:, None, None, None], images[..., ::-1], images)
