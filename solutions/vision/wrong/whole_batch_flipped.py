"""augmentation.py flipped
3.1 3.4: wrong
"""
from right_augmentation import *


def flipped(images, random):
    """Draws once, for all images."""
    return images[..., ::-1].copy() if random.random() < 0.5 else images.copy()
