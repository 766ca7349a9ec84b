"""Draw a biased training set, where each shape has its own colour and place, and images without bias for testing."""

from dataclasses import dataclass

import numpy as np

CLASSES, SIDE, SHAPE = 4, 16, 5  # shapes; pixels of an image, and of a shape
MIRRORED = (0, 1)  # two shapes that are mirror images of each other
FILLED, MOST_ALIKE = 12, 8  # pixels of a shape's 25; how many of them two shapes share at most, however they are moved
COLOURS = np.array([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1], [0.9, 0.9, 0.4]])
PLACES = np.array([[3, 3], [3, 7], [7, 3], [7, 7]])  # where a shape begins
FIRST_PLACE, LAST_PLACE = 3, 7  # where it may begin in an image without bias
LIGHT, NOISE = 180, 40


@dataclass(frozen=True)
class World:
    """Four shapes, with the colour and the place that each has in a biased set."""

    shapes: np.ndarray  # bool (4, 5, 5)
    colours: np.ndarray  # (4, 3)
    places: np.ndarray  # (4, 2)

    def draw(self, count: int, random: np.random.Generator, own_colour: bool, own_place: bool):
        """Return images, uint8 (count, 3, 16, 16), and labels, spread as evenly as possible."""
        labels = random.permutation(np.arange(count) % CLASSES)
        colours = self.colours[labels] if own_colour else random.uniform(0.4, 1, (count, 3))
        places = self.places[labels] if own_place else random.integers(FIRST_PLACE, LAST_PLACE + 1, (count, 2))
        images = random.integers(0, NOISE, (count, 3, SIDE, SIDE))
        for image, label, colour, (row, column) in zip(images, labels, colours, places):
            image[:, row : row + SHAPE, column : column + SHAPE] += self._painted(label, colour)
        return images.astype(np.uint8), labels

    def _painted(self, label, colour) -> np.ndarray:
        return (LIGHT * colour[:, None, None] * self.shapes[label]).astype(int)


def world(random: np.random.Generator) -> World:
    """Draw new shapes, and give each a colour and a place."""
    while True:
        one, two, three = (random.permutation(SHAPE**2).reshape(SHAPE, SHAPE) < FILLED for _ in range(3))
        shapes = np.stack([one, one[:, ::-1], two, three])
        if all(_alike(shapes[a], shapes[b]) <= MOST_ALIKE for a in range(CLASSES) for b in range(a)):
            return World(shapes, random.permutation(COLOURS), random.permutation(PLACES))


def _alike(one: np.ndarray, other: np.ndarray) -> int:
    """Return how many pixels two shapes share at most, however one is moved over the other."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(one, SHAPE - 1), other.shape)
    return int((windows & other).sum(axis=(2, 3)).max())
