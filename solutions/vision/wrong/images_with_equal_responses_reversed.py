"""features.py strongest_patches
2.5: wrong
says: answer[
"""
from right_features import *
from right_features import strongest_patches as right


def strongest_patches(images, kernel, count):
    """Sorts upwards and turns the order round: of equal images the last one comes first."""
    order = np.argsort(responses(images, kernel).max(axis=(1, 2)), kind="stable")[::-1][:count]
    patches, places = right(images, kernel, len(images))
    number = [list(places[:, 0]).index(image) for image in order]
    return patches[number], places[number]
