"""augmentation.py rescue
3.5 3.6: wrong
says: take a shape for its mirror image
"""
from right_augmentation import *


def rescue(images, random):
    """Does all that it can, and makes of each shape its mirror image, which is another class."""
    return flipped(recoloured(shifted(images, 4, random), 0.8, random), random)
