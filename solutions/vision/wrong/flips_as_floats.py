"""augmentation.py flipped
3.1 3.4: wrong
says: must return uint8
"""
from right_augmentation import *
from right_augmentation import flipped as right


def flipped(images, random):
    return right(images, random) / 255
