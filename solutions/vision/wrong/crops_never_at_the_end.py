"""augmentation.py cropped
3.2 3.4: wrong
says: it should be about 267
"""
from right_augmentation import *


def cropped(images, size, random):
    """Forgets that the last place counts as well. Where there is a single one, it takes that."""
    height, width = size
    rows = random.integers(max(images.shape[2] - height, 1), size=len(images))
    columns = random.integers(max(images.shape[3] - width, 1), size=len(images))
    return np.stack([image[:, r : r + height, c : c + width] for image, r, c in zip(images, rows, columns)])
