"""augmentation.py cropped
3.2 3.4: wrong
says: of shape
"""
from right_augmentation import *
from right_augmentation import cropped as right


def cropped(images, size, random):
    return right(images, size, random).transpose(0, 1, 3, 2)
