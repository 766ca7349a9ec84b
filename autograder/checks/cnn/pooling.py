"""Part 2: pooling."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import number

from autograder.checks.part import Part, in_shares

MODES = ("max", "min", "average", "median")


class Pooling(Part):
    """pooling.py: pool2d."""

    title = "Pooling"
    file = "pooling.py"

    @number("2.1")
    def test_max_of_2x2(self):
        """pool2d: the maximum of 2x2 windows, which is the default"""
        image = np.array([[[[1, 3, 2, 4], [5, 6, 8, 7], [3, 2, 1, 0], [1, 2, 3, 4]]]], float)
        self.require(self.case("pool2d", image), self.case("pool2d", self._quarters(2, 3, 4, 6)))

    @number("2.2")
    @in_shares
    def test_four_modes(self, set_score=None):
        """pool2d: max, min, average and median"""
        images = self._quarters(1, 2, 4, 6)
        self.require_share(set_score, {mode: [self.case("pool2d", images, size=2, mode=mode)] for mode in MODES})

    @number("2.3")
    def test_size_and_stride(self):
        """pool2d: size and stride for each axis, overlapping windows, gaps, edges that do not divide"""

        def draw():
            images = self._quarters(1, 2, 7, 8)
            return [
                self.case("pool2d", images, size=3),
                self.case("pool2d", images, size=(2, 3)),
                self.case("pool2d", images, size=(3, 2), stride=(1, 2)),
                self.case("pool2d", images, size=2, stride=3),
                self.case("pool2d", images, size=2, stride=1),
            ]

        about = {"default stride of one", "stride ignored", "stride swapped", "size swapped", "square window",
                 "incomplete windows kept"}  # fmt: skip
        self.require(*self.draw_telling(draw, only=about))

    @number("2.4")
    @in_shares
    def test_signs_and_ties(self, set_score=None):
        """pool2d: negative numbers, equal numbers, images of integers, inputs left unchanged"""
        signs = {
            "only negative numbers": -1 - abs(self._quarters(1, 2, 4, 4)),
            "only positive numbers": 1 + abs(self._quarters(1, 2, 4, 4)),
            "equal numbers": self.random.integers(0, 2, (1, 2, 6, 6)).astype(np.float64),
            "integers": self.random.integers(-9, 10, (2, 1, 4, 4)),
        }
        self.require_share(
            set_score,
            {name: [self.case("pool2d", images, mode=mode) for mode in MODES] for name, images in signs.items()},
        )

    @number("2.5")
    def test_any(self):
        """pool2d: batches and channels, every mode, windows of even and odd numbers of values"""

        def draw():
            batch, channels = self.random.permutation([2, 3])
            cases = []
            for mode in MODES:
                images = self._quarters(batch, channels, 7, 6)
                cases.append(self.case("pool2d", images, size=(2, 3), stride=(2, 1), mode=mode))
                cases.append(self.case("pool2d", images - 10, size=3, mode=mode))
                cases.append(self.case("pool2d", images + 12, size=(3, 2), stride=(1, 2), mode=mode))
            return cases

        self.require(*self.draw_telling(draw))

    def _quarters(self, *shape):
        """Draw multiples of 1/4: sums and halves of them are exact in any precision, so exactness can be asked for."""
        return self.random.integers(-36, 37, shape) / 4
