"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


def rescue(images, random):
    return shifted(images, 4, random)
