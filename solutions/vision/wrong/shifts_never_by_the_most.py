"""augmentation.py shifted
3.2 3.4: wrong
says: it should be about 444
"""
from right_augmentation import *


def shifted(images, most, random):
    """Forgets that integers() leaves its end out."""
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    height, width = images.shape[2:]
    moves = most + random.integers(-most, max(most, 1), (len(images), 2))
    return np.stack([image[:, down : down + height, right : right + width] for image, (down, right) in zip(framed, moves)])
