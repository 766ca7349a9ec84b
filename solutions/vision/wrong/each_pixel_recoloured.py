"""augmentation.py recoloured
3.3 3.4: wrong
says: is not the old one times a factor
"""
from right_augmentation import *


def recoloured(images, strength, random):
    return np.rint(images * random.uniform(1 - strength, 1 + strength, images.shape)).clip(0, 255).astype(np.uint8)
