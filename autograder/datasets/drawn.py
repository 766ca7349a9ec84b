"""Synthetic data sets, for machines that lack the real ones.

A convolutional network learns them in seconds, so a submission's training loop can be tried anywhere.

`draw` replaces CIFAR-10: ten shapes and textures in random places, sizes and colours, on a noisy background.
`digits` replaces MNIST: ten digits, each in a different handwriting.
"""

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.layouts import Split

CLASSES = ("disc", "square", "triangle", "cross", "ring", "horizontal stripes", "vertical stripes", "checkerboard",
           "diagonal stripes", "dots")  # fmt: skip
# Each digit as one polyline, in a square from (-1, -1), the top left, to (1, 1).
STROKES = (
    ((0, -1), (0.45, -0.75), (0.6, -0.2), (0.6, 0.3), (0.4, 0.8), (0, 1), (-0.4, 0.8), (-0.6, 0.3), (-0.6, -0.2),
     (-0.45, -0.75), (0, -1)),
    ((-0.4, -0.6), (0, -1), (0, -0.4), (0, 0.3), (0, 1)),
    ((-0.6, -0.5), (-0.3, -0.95), (0.3, -0.95), (0.6, -0.5), (0.4, 0), (-0.1, 0.5), (-0.6, 1), (0, 1), (0.6, 1)),
    ((-0.5, -0.9), (0.2, -1), (0.6, -0.6), (0.3, -0.1), (-0.1, 0), (0.4, 0.1), (0.65, 0.55), (0.2, 1), (-0.55, 0.85)),
    ((0.35, 1), (0.35, 0), (0.35, -1), (-0.15, -0.3), (-0.65, 0.35), (0.1, 0.35), (0.7, 0.35)),
    ((0.55, -1), (-0.45, -1), (-0.5, -0.15), (0.15, -0.25), (0.6, 0.2), (0.4, 0.8), (-0.1, 1), (-0.55, 0.8)),
    ((0.4, -1), (-0.2, -0.5), (-0.5, 0.2), (-0.4, 0.8), (0, 1), (0.45, 0.75), (0.45, 0.25), (0, 0.05), (-0.45, 0.35)),
    ((-0.6, -1), (0, -1), (0.6, -1), (0.2, 0), (-0.15, 1)),
    ((0, 0), (-0.45, -0.35), (-0.35, -0.85), (0, -1), (0.35, -0.85), (0.45, -0.35), (0, 0), (0.5, 0.4), (0.4, 0.85), (0, 1),
     (-0.4, 0.85), (-0.5, 0.4), (0, 0)),
    ((-0.4, 1), (0.2, 0.5), (0.5, -0.2), (0.4, -0.8), (0, -1), (-0.45, -0.75), (-0.45, -0.25), (0, -0.05), (0.45, -0.35)),
)  # fmt: skip
DIGITS_SIDE = 28  # pixels, as in MNIST

Points = NDArray[np.complex128]


def draw(count: int, seed: int) -> Split:
    """Draw images, uint8 (count, 3, 32, 32), and their labels, uint8 (count,), with classes as balanced as possible.

    The same seed gives the same images.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(CLASSES)).astype(np.uint8)
    masks = np.stack([_mask(CLASSES[label], random) for label in labels]) if count else np.zeros((0, 32, 32), bool)
    background = random.uniform(0, 255, (count, 3, 1, 1))
    # At least one colour channel of the shape differs clearly from the background, so that every shape is visible.
    foreground = (background + random.choice([-1, 1], (count, 3, 1, 1)) * random.uniform(80, 175, (count, 3, 1, 1))) % 255
    images = np.where(masks[:, None], foreground, background) + random.normal(0, 12, (count, 3, 32, 32))
    return images.clip(0, 255).astype(np.uint8), labels


def _mask(name: str, random: np.random.Generator) -> NDArray[np.bool_]:
    """Return the pixels of one shape, bool (32, 32)."""
    vertical: NDArray[np.float64]
    horizontal: NDArray[np.float64]
    vertical, horizontal = np.mgrid[0:32, 0:32] - random.uniform(11, 20, (2, 1, 1))
    size = random.uniform(6, 10)
    period = random.uniform(3, 5)
    wave_down, wave_right = np.sin(np.pi * vertical / period) > 0, np.sin(np.pi * horizontal / period) > 0
    distance = np.hypot(vertical, horizontal)
    inside = np.maximum(abs(vertical), abs(horizontal)) < size
    match name:
        case "disc":
            return distance < size
        case "square":
            return inside
        case "triangle":
            return (vertical < size) & (abs(horizontal) < (vertical + size) / 2)
        case "cross":
            return inside & (np.minimum(abs(vertical), abs(horizontal)) < size / 4)
        case "ring":
            return (distance < size) & (distance > size * 0.6)
        case "horizontal stripes":
            return wave_down
        case "vertical stripes":
            return wave_right
        case "checkerboard":
            return wave_down ^ wave_right
        case "diagonal stripes":
            return np.sin(np.pi * (vertical + horizontal) / (1.4 * period)) > 0
        case "dots":
            return np.hypot((vertical % 8) - 4, (horizontal % 8) - 4) < 2.2
    raise ValueError(f"unknown shape {name!r}")


def digits(count: int, seed: int) -> Split:
    """Draw digits, white on black, uint8 (count, 1, 28, 28), and their labels, uint8 (count,), with balanced classes.

    The same seed gives the same images.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(STROKES)).astype(np.uint8)
    corners = _written(labels, random)
    middle = (DIGITS_SIDE - 1) / 2
    pixels = (np.arange(DIGITS_SIDE) - middle + 1j * (np.arange(DIGITS_SIDE)[:, None] - middle)).reshape(1, -1)
    distance = np.full((count, DIGITS_SIDE**2), np.inf)
    for start, end in zip(corners.T, corners.T[1:]):
        distance = np.minimum(distance, _distances(pixels, start[:, None], end[:, None]))
    thickness, edge = random.uniform(0.8, 1.9, (count, 1)), random.uniform(0.6, 1.4, (count, 1))
    ink = random.uniform(190, 255, (count, 1)) * ((thickness - distance) / edge + 0.5).clip(0, 1)
    images = ink + random.normal(0, 6, ink.shape)
    return images.clip(0, 255).astype(np.uint8).reshape(count, 1, DIGITS_SIDE, DIGITS_SIDE), labels


def _written(labels: NDArray[np.uint8], random: np.random.Generator) -> Points:
    """Return the corners of each digit's line, (N, corners), in pixels right of the middle plus i times pixels below it.

    Each digit is written differently: shaky, larger or smaller, wider or narrower, slanted, rotated and moved.
    """
    most = max(map(len, STROKES))
    # A digit with fewer corners repeats its last one.
    known = np.array([[*strokes, *[strokes[-1]] * (most - len(strokes))] for strokes in STROKES])
    right, down = np.moveaxis(known[labels] + random.normal(0, 0.08, (len(labels), most, 2)), -1, 0)
    each = (len(labels), 1)
    height, width, slant = random.uniform(7, 9.5, each), random.uniform(5.5, 9, each), random.normal(-0.15, 0.2, each)
    upright: Points = width * right + height * down * (slant + 1j)
    place: Points = random.uniform(-1.5, 1.5, each) + 1j * random.uniform(-1.5, 1.5, each)
    turn: Points = np.exp(1j * random.normal(0, 0.12, each))
    return upright * turn + place


def _distances(pixels: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """Return the distance of each pixel, (1, P), from each image's segment, from (N, 1) to (N, 1): (N, P)."""
    along = end - start
    length = np.maximum(abs(along), 1e-6)  # a segment may be a point
    share: NDArray[np.float64] = ((pixels - start) * along.conj()).real / length**2
    return np.abs(pixels - start - share.clip(0, 1) * along)
