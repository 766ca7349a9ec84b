"""augmentation.py cropped
3.2 3.4: wrong
says: its own draw
"""
from right_augmentation import *


def cropped(images, size, random):
    row, column = random.integers(images.shape[2] - size[0] + 1), random.integers(images.shape[3] - size[1] + 1)
    return images[:, :, row : row + size[0], column : column + size[1]].copy()
