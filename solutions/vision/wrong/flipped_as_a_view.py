"""augmentation.py flipped
3.1 3.4: wrong
says: Return a copy
"""
from right_augmentation import *


def flipped(images, random):
    return images[..., ::-1] if random.random() < 2 else images
