"""augmentation.py flipped
3.1 3.4: wrong
says: flipped changed the images that it was given
"""
from right_augmentation import *


def flipped(images, random):
    for image in images:
        if random.random() < 0.5:
            image[:] = image[:, :, ::-1].copy()
    return images
