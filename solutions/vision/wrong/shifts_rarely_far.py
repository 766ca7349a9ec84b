"""augmentation.py shifted
3.2 3.4: wrong
says: equally likely
"""
from right_augmentation import *


def shifted(images, most, random):
    """Rounds numbers of a normal distribution, so that small shifts are likely and large ones rare."""
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    height, width = images.shape[2:]
    moves = most + np.rint(random.normal(0, most / 3, (len(images), 2))).clip(-most, most).astype(int)
    return np.stack([image[:, down : down + height, right : right + width] for image, (down, right) in zip(framed, moves)])
