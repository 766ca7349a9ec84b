"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


def rescue(images, random):
    return recoloured(images, 0.8, random)
