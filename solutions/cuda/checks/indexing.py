"""Part 2: rows and columns."""

import numpy as np

from autograder.authoring import number, of_type, partial_credit, reals
from autograder.kernels import KernelPart, lie_in, sectors

FULL = (64, 128)  # pixels of an image whose rows begin with a sector
LEVEL = np.float32(0.25)


class Indexing(KernelPart):
    """indexing.py: darken."""

    kernel = "darken"

    @number("2.1")
    def test_values(self):
        """darken: images of 2 x 3 and 40 x 70 pixels"""
        self.require_values(*self.by_hand())

    @number("2.2")
    def test_safety(self):
        """darken: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("2.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """darken: few sectors of global memory"""
        self.require_traffic(set_score, self.case("darken", reals(self.drawn_from("traffic"), *FULL), LEVEL))

    @number("2.4")
    def test_values_any(self):
        """darken: any height and width"""
        self.require_values(*self.any())

    @number("2.5")
    def test_safety_any(self):
        """darken: any height and width, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        few = np.array([[0.5, 0.125, 1], [0, 0.25, 0.75]], np.float32)
        many = of_type(self.drawn_from("darken by hand"), "float32", 40, 70)
        return [self.case("darken", few, LEVEL), self.case("darken", many, LEVEL)]

    def any(self):
        """Return launches of a row, a column, a square, and of images wider and taller than blocks, with ragged edges.

        The last ones have more columns, and more rows, than a block can have threads. Levels have either sign.
        """
        random = self.drawn_from("darken any")
        more, most = random.integers(33, 60), random.integers(70, 90)
        shapes = (1, more), (most, 1), (32, 32), (more, most), (most, more - 2), (2, most + 1000), (more + 1000, 3)
        levels = np.float32(0.75 + random.random(len(shapes))) * np.resize(np.float32([1, -1]), len(shapes))
        return [self.case("darken", reals(random, *shape), level) for shape, level in zip(shapes, levels)]

    def figures(self, launched):
        """Return how many sectors are touched, compared with those that hold image and output."""
        image, _, output = launched.profile.parameters
        return {"sectors": sectors(launched.profile, image, output, least=2 * lie_in(launched.right))}
