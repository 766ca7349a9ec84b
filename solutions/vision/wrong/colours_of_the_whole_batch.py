"""augmentation.py recoloured
3.3 3.4: wrong
says: its own draw
"""
from right_augmentation import *


def recoloured(images, strength, random):
    factors = random.uniform(1 - strength, 1 + strength, (1, images.shape[1], 1, 1))
    return np.rint(images * factors).clip(0, 255).astype(np.uint8)
