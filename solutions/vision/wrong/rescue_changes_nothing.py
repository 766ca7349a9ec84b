"""augmentation.py rescue
3.5 3.6: wrong
says: each call is another draw
"""
from right_augmentation import *


def rescue(images, random):
    return images.copy()
