"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


def rescue(images, random):
    return random.integers(0, 2, images.shape, dtype=np.uint8)
