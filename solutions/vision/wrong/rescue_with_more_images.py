"""augmentation.py rescue
3.5 3.6: wrong
says: must return uint8 of shape
"""
from right_augmentation import *


def rescue(images, random):
    return np.concatenate([images, recoloured(shifted(images, 4, random), 0.8, random)])
