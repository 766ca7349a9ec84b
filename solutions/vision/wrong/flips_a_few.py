"""augmentation.py flipped
3.1 3.4: wrong
says: gave the image; it should be about 2000
"""
from right_augmentation import *


def flipped(images, random):
    chosen = random.random(len(images)) < 0.25
    return np.where(chosen[:, None, None, None], images[..., ::-1], images)
