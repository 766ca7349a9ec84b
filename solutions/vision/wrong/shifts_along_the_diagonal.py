"""augmentation.py shifted
3.2 3.4: wrong
says: it should be about 444
"""
from right_augmentation import *


def shifted(images, most, random):
    """Moves down as far as to the right."""
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    height, width = images.shape[2:]
    return np.stack([image[:, by : by + height, by : by + width] for image, by in zip(framed, random.integers(2 * most + 1, size=len(images)))])
