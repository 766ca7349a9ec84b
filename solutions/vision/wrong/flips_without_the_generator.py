"""augmentation.py flipped
3.1 3.4: wrong
says: must draw only from `random`
"""
from right_augmentation import *


def flipped(images, random):
    chosen = np.random.random(len(images)) < 0.5
    return np.where(chosen[:, None, None, None], images[..., ::-1], images)
