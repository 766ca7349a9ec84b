"""augmentation.py shifted
3.2 3.4: wrong
says: can all results come up
"""
from right_augmentation import *


def shifted(images, most, random):
    """int() cuts off toward 0: by at most one pixel nothing ever moves."""
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    height, width = images.shape[2:]
    moved = np.empty_like(images)
    for number, image in enumerate(framed):
        down, right = (most - int(random.uniform(-most, most)) for _ in range(2))
        moved[number] = image[:, down : down + height, right : right + width]
    return moved
