"""augmentation.py recoloured
3.3 3.4: wrong
says: is not the old one times a factor
"""
from right_augmentation import *


def recoloured(images, strength, random):
    added = random.uniform(-strength, strength, (*images.shape[:2], 1, 1)) * 128
    return np.rint(images + added).clip(0, 255).astype(np.uint8)
