"""augmentation.py cropped
3.2 3.4: wrong
says: Does each call draw again
"""
from right_augmentation import *


def cropped(images, size, random):
    row, column = (images.shape[2] - size[0]) // 2, (images.shape[3] - size[1]) // 2
    return images[:, :, row : row + size[0], column : column + size[1]].copy()
