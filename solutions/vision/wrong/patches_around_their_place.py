"""features.py strongest_patches
2.2 2.5: wrong
says: answer[0]
"""
from right_features import *
from right_features import strongest_patches as right


def strongest_patches(images, kernel, count):
    """Takes the place of a response for the middle of its window."""
    _, places = right(images, kernel, count)
    height, width = kernel.shape[1:]
    padded = np.pad(images, ((0, 0), (0, 0), (height, height), (width, width)))
    down, across = height - height // 2, width - width // 2
    patches = [padded[n, :, r + down : r + down + height, c + across : c + across + width] for n, r, c in places]
    return np.stack(patches), places
