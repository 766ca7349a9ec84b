"""Part 1: one thread for each number."""

import numpy as np

from autograder.authoring import number, of_type, partial_credit, reals
from autograder.kernels import KernelPart, lie_in, sectors

FULL = 4096  # values: divisible by any usual number of threads of a block


class Mapping(KernelPart):
    """mapping.py: scale."""

    kernel = "scale"

    @number("1.1")
    def test_values(self):
        """scale: five values, and 300"""
        self.require_values(*self.by_hand())

    @number("1.2")
    def test_safety(self):
        """scale: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("1.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """scale: few sectors of global memory"""
        self.require_traffic(set_score, self.case("scale", reals(self.drawn_from("traffic"), FULL), np.float32(0.5)))

    @number("1.4")
    def test_values_any(self):
        """scale: any number of values"""
        self.require_values(*self.any())

    @number("1.5")
    def test_safety_any(self):
        """scale: any number of values, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        random = self.drawn_from("scale by hand")
        few, many = np.array([1, 2, 3, -4, 0.5], np.float32), of_type(random, "float32", 300)
        return [self.case("scale", few, np.float32(10)), self.case("scale", many, np.float32(-0.25))]

    def any(self):
        """Return launches of one value, less than a warp, less than a block, a full block, and many with a ragged end.

        The last has more values than 256 blocks of 256 threads, and than an index of 16 bits can count.
        """
        random = self.drawn_from("scale any")
        few, more, many = random.integers(2, 32), random.integers(33, 128), 32 * random.integers(33, 60) + 7
        sizes = 1, few, more, 1024, many, random.integers(66_000, 70_000)
        return [self.case("scale", reals(random, size), np.float32(reals(random, 1)[0])) for size in sizes]

    def figures(self, launched):
        """Return how many sectors are touched, compared with those that hold values and output."""
        values, _, output = launched.profile.parameters
        return {"sectors": sectors(launched.profile, values, output, least=2 * lie_in(launched.right))}
