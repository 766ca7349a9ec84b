"""augmentation.py rescue
3.5 3.6: wrong
says: Does each call draw again
"""
from right_augmentation import *


def rescue(images, random):
    random = np.random.default_rng(0)
    return recoloured(shifted(images, 4, random), 0.8, random)
