"""augmentation.py shifted
3.2 3.4: wrong
says: is not one of the possible results
"""
from right_augmentation import *


def shifted(images, most, random):
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)), mode="edge")
    return cropped(framed, images.shape[2:], random)
