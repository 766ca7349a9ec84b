"""augmentation.py shifted
3.2 3.4: wrong
says: Its channels were changed in different ways
"""
from right_augmentation import *
from right_augmentation import shifted as right


def shifted(images, most, random):
    single = images.reshape(-1, 1, *images.shape[2:])
    return right(single, most, random).reshape(images.shape)
