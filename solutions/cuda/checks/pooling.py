"""Part 4: max pooling."""

import numpy as np

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import KernelPart, lie_in, reads, sectors

from . import windows
from .drawn import beyond_a_block, quarters

STRIDE = 2
ONCE = "Read each of the nine pixels of a window once, and keep the largest in a variable of its own."


class Pooling(KernelPart):
    """pooling.py: max_pool."""

    kernel = "max_pool"
    explain = {"max_pool": windows.of_pool}

    @number("4.1")
    def test_values(self):
        """max_pool: one channel, then two"""
        self.require_values(*self.by_hand())

    @number("4.2")
    def test_safety(self):
        """max_pool: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("4.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """max_pool: few reads, few sectors of global memory"""
        images = reals(self.drawn_from("traffic"), 2, 65, 129)
        self.require_traffic(set_score, self.case("max_pool", images))

    @number("4.4")
    def test_values_any(self):
        """max_pool: any sizes, NaN and infinity"""
        self.require_values(*self.any())

    @number("4.5")
    def test_safety_any(self):
        """max_pool: any sizes, NaN and infinity, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow; in the second, all numbers of some windows are below 0."""
        random = self.drawn_from("max_pool by hand")
        return [
            self.case("max_pool", quarters(random, 1, 5, 5)),
            self.case("max_pool", quarters(random, 2, 7, 9) - np.float32(7)),
        ]

    def any(self):
        """Return launches of one window, with rows and columns left over, with ragged edges, with NaN and infinity.

        The last ones have more channels, columns and rows than a block can have threads along an axis.
        """
        random = self.drawn_from("max_pool any")
        deep, wide = beyond_a_block(random)
        broken = quarters(random, 3, 9, 12)
        broken[random.random(broken.shape) < 0.1] = -np.inf
        broken[0, :3, :3] = -np.inf
        broken[0, 6:, 8:11] = [[np.inf, 1, 2], [3, -np.inf, 4], [5, 6, 7]]
        broken[(1, 2), random.integers(0, 8, 2), random.integers(0, 11, 2)] = np.nan
        few, many = 2 * random.integers(3, 6), 2 * random.integers(36, 44)
        return [
            self.case("max_pool", broken),
            self.case("max_pool", reals(random, 1, 3, 3)),
            self.case("max_pool", reals(random, 5, few, many)),
            self.case("max_pool", reals(random, 2, many + 1, few + 1) - 5),
            self.case("max_pool", reals(random, deep, 3, 5)),
            self.case("max_pool", reals(random, 1, 3, STRIDE * wide + 1)),
            self.case("max_pool", reals(random, 1, STRIDE * wide + 1, 4)),
        ]

    def figures(self, launched):
        """Return how many pixels are read for each output, and how many sectors are touched.

        Windows are two pixels apart, so that even neighbouring threads touch every second pixel, and twice the sectors.
        """
        profile, outputs = launched.profile, launched.right
        images, output = profile.parameters
        return {
            "pixels": reads(profile, images, outputs, "pixels for each output", ONCE),
            "sectors": sectors(profile, images, least=STRIDE * profile.total("global", images).fewest),
            "output": sectors(profile, output, least=lie_in(outputs)),
        }
