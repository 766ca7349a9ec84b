"""Part 3: turn few images into many.

Changes that keep an image's class show a network what does not matter: which way something faces, where it is, how bright
it is. All images are uint8 (N, C, H, W), and so are the results; the caller still needs the images, so return new ones.
`random` is a np.random.Generator: draw from it alone, and draw for each image separately.
"""

import numpy as np


def flipped(images, random):
    """Return each image as it is or with left and right exchanged, each with probability 1/2.

    >>> images = np.array([[[[1, 2, 3]]]], dtype=np.uint8)
    >>> flipped(images, np.random.default_rng(0)).tolist() in ([[[[1, 2, 3]]]], [[[[3, 2, 1]]]])
    True
    """
    # BEGIN SOLUTION
    result, chosen = images.copy(), random.random(len(images)) < 0.5
    result[chosen] = images[chosen, :, :, ::-1]
    return result
    # END SOLUTION


def cropped(images, size, random):
    """Return a window of each image, at any place where it fits, all places equally likely.

    size: (height, width) of the windows, at most those of the images. Returns uint8 (N, C, height, width). All channels of
    an image are cut at the same place.

    >>> cropped(np.zeros((5, 3, 32, 32), np.uint8), (28, 24), np.random.default_rng(0)).shape
    (5, 3, 28, 24)
    """
    # BEGIN SOLUTION
    height, width = size
    rows = random.integers(images.shape[2] - height + 1, size=len(images))
    columns = random.integers(images.shape[3] - width + 1, size=len(images))
    windows = [image[:, r : r + height, c : c + width] for image, r, c in zip(images, rows, columns)]
    return np.stack(windows)
    # END SOLUTION


def shifted(images, most, random):
    """Return each image moved down and right by whole pixels, each from -most to most, all moves equally likely.

    Pixels that leave the image are lost; those that come in are 0. All channels of an image move together.

    >>> shifted(np.full((5, 3, 32, 32), 9, np.uint8), 2, np.random.default_rng(0)).shape
    (5, 3, 32, 32)
    """
    # BEGIN SOLUTION
    framed = np.pad(images, ((0, 0), (0, 0), (most, most), (most, most)))
    return cropped(framed, images.shape[2:], random)  # the image itself is the window in the middle
    # END SOLUTION


def recoloured(images, strength, random):
    """Return each image recoloured: each channel of each image is multiplied by a factor of its own.

    The factors are drawn evenly from 1 - strength to 1 + strength; strength is from 0 to 1. Results are rounded, up or
    down, to integers; what is above 255 becomes 255.

    >>> recoloured(np.full((1, 3, 1, 1), 100, np.uint8), 0.0, np.random.default_rng(0)).tolist()
    [[[[100]], [[100]], [[100]]]]
    """
    # BEGIN SOLUTION
    factors = random.uniform(1 - strength, 1 + strength, (*images.shape[:2], 1, 1))
    return np.rint(images * factors).clip(0, 255).astype(np.uint8)
    # END SOLUTION


def rescue(images, random):
    """Return the images of a biased training set, changed so that a network learns what it should.

    images: uint8 (N, 3, 16, 16), each with one of four shapes of 5x5 pixels. Returns new ones of the same size, in the same
    order. A network trains for 30 epochs, and calls `rescue` once for each of them.

    The training set is biased: each shape always has the same colour (reddish, greenish, bluish or yellowish) and is always
    at the same place. A network that trains with it learns colours and places, not shapes. When it is tested, every shape
    comes in every colour, and up to 4 pixels above or below and up to 4 pixels left or right of its place in training.
    Shapes are never turned or flipped: two of them are mirror images of each other.
    Use the functions above, or anything else you think of.
    """
    # BEGIN SOLUTION
    return recoloured(shifted(images, 4, random), 0.8, random)
    # END SOLUTION
