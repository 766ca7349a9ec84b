"""augmentation.py rescue
3.5 3.6: wrong
says: Does each call draw again
"""
from right_augmentation import *


def rescue(images, random):
    return images.copy()
