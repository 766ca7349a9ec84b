"""augmentation.py recoloured
3.3 3.4: wrong
says: does it overflow
"""
from right_augmentation import *


def recoloured(images, strength, random):
    factors = random.uniform(1 - strength, 1 + strength, (*images.shape[:2], 1, 1))
    return np.rint(images * factors).astype(int).astype(np.uint8)
