"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


def rescue(images, random):
    return recoloured(shifted(images, 2, random), 0.2, random)
