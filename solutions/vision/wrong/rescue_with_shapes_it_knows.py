"""augmentation.py rescue
3.5 3.6: wrong
says: which bias is left
"""
from right_augmentation import *


SHAPES = [np.eye(5, dtype=bool), np.eye(5, dtype=bool)[::-1], np.ones((5, 5), bool), np.tri(5, dtype=bool)]


def rescue(images, random):
    """Guesses each label from the colour, and paints a shape of its own for it."""
    labels = images.mean(axis=(2, 3)).argmax(axis=1)
    labels = np.where(images.mean(axis=(2, 3)).argmin(axis=1) == 2, 3 * (labels < 2), labels)
    painted = random.integers(0, 40, images.shape)
    for image, label in zip(painted, labels):
        row, column = random.integers(3, 8, 2)
        image[:, row : row + 5, column : column + 5] += 150 * SHAPES[label]
    return painted.astype(np.uint8)
