"""augmentation.py shifted
3.2 3.4: wrong
says: is not one of the possible results
"""
from right_augmentation import *


def shifted(images, most, random):
    moves = random.integers(-most, most + 1, (len(images), 2))
    return np.stack([np.roll(image, move, axis=(1, 2)) for image, move in zip(images, moves)])
