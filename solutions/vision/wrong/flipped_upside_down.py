"""augmentation.py flipped
3.1 3.4: wrong
says: is not one of the possible results
"""
from right_augmentation import *


def flipped(images, random):
    chosen = random.random(len(images)) < 0.5
    return np.where(chosen[:, None, None, None], images[:, :, ::-1], images)
