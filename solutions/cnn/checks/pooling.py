"""Part 2: pooling."""

import numpy as np

from autograder.authoring import TYPES, Part, number, of_type, partial_credit, quarters

from . import windows

MODES = ("max", "min", "average", "median")
LARGE = 2.0**80  # larger than any start value of a search, except infinity


class Pooling(Part):
    """pooling.py: pool2d."""

    explain = {"pool2d": windows.of_pool}

    @number("2.1")
    def test_max_of_2x2(self):
        """pool2d: the maximum of 2x2 windows, which is the default"""
        image = np.array([[[[1, 3, 2, 4], [5, 6, 8, 7], [3, 2, 1, 0], [1, 2, 3, 4]]]], float)
        images = quarters(self.random, 2, 2, 4, 6)
        images[0] -= 10  # all below 0: catches a maximum that starts at 0, or is taken over the batch
        self.require(self.case("pool2d", image), self.case("pool2d", images))

    @number("2.2")
    @partial_credit
    def test_four_modes(self, set_score=None):
        """pool2d: max, min, average and median, also of a photo's bytes"""
        images, photo = quarters(self.random, 1, 2, 4, 6), of_type(self.random, "uint8", 1, 1, 4, 6)
        images[:, 1] -= 10
        self.require_share(
            set_score,
            {
                mode: [self.case("pool2d", images, size=2, mode=mode), self.case("pool2d", photo, size=(2, 3), mode=mode)]
                for mode in MODES
            },
        )

    @number("2.3")
    def test_size_and_stride(self):
        """pool2d: size and stride, each an integer or a pair; overlapping windows, gaps, incomplete windows"""

        def draw():
            def of(*shape):
                return quarters(self.random, *shape) + 1 / 8  # no zeros: another check tests them

            # Every remainder after the last step, so that being off by one anywhere shows at one of the edges.
            cases = [
                self.case("pool2d", of(1, 2, 2 + 2 * down + above, 3 + right + beside), size=(2, 3), stride=(down, right))
                for down, right in ((1, 2), (2, 3), (3, 1))
                for above, beside in ((0, right - 1), (down - 1, 0), (down // 2, right // 2))
            ]
            return [
                *cases,
                self.case("pool2d", of(1, 2, 7, 8), size=3),
                self.case("pool2d", of(1, 2, 7, 8), size=(2, 3)),
                self.case("pool2d", of(1, 1, 8, 7), (3, 2)),
                self.case("pool2d", of(1, 2, 7, 8), size=(3, 2), stride=(1, 2)),
                self.case("pool2d", of(1, 1, 7, 9), size=(3, 2), stride=2),
                self.case("pool2d", of(1, 1, 9, 7), 2, (3, 1)),
                self.case("pool2d", of(1, 1, 6, 8), size=2, stride=(2, 3)),
                self.case("pool2d", of(1, 1, 8, 6), size=2, stride=(3, 2)),
                self.case("pool2d", of(1, 2, 7, 8), size=2, stride=3),
                self.case("pool2d", of(1, 2, 7, 8), size=2, stride=1),
                self.case("pool2d", of(1, 1, 4, 7), stride=(1, 3)),
                self.case("pool2d", of(1, 2, 4, 3), size=1, stride=2),
                self.case("pool2d", of(2, 1, 3, 5), size=(3, 5)),  # fits exactly once
                self.case("pool2d", of(1, 1, 1, 7), size=(1, 4)),
                self.case("pool2d", of(1, 1, 7, 6), size=np.int64(2), stride=np.int64(3)),
                self.case("pool2d", of(1, 1, 6, 7), size=(np.int64(2), 3), stride=(2, np.int64(1))),
            ]

        catches = ("default stride of one", "stride ignored", "stride swapped", "size swapped", "square window",
                   "incomplete windows kept")  # fmt: skip
        self.require(*self.draw(draw, *catches))

    @number("2.4")
    @partial_credit
    def test_signs_and_ties(self, set_score=None):
        """pool2d: negative numbers, zeros, equal numbers; numbers of any size and type; inputs left unchanged"""
        one_sign = LARGE * (1 + abs(quarters(self.random, 1, 2, 4, 4)))
        zeros = self._with_zeros()
        types = [(dtype, "average") for dtype in TYPES]
        types += [(dtype, mode) for dtype in ("bool", "uint8", "uint32", "float16") for mode in ("max", "median")]
        types += [("int32", "min"), ("int64", "median")]
        groups = {
            "only negative numbers": [(-one_sign, mode) for mode in MODES],
            "only positive numbers": [(one_sign, mode) for mode in MODES],
            "zeros": [(zeros, "min"), (-zeros, "max"), (zeros, "average"), (zeros, "median")],
            "equal numbers": [(self.random.integers(0, 2, (1, 2, 6, 6)).astype(np.float64), mode) for mode in MODES],
            "every type of number": [(self._of_type(dtype, mode), mode) for dtype, mode in types],
        }
        self.require_share(
            set_score,
            {
                name: [
                    self.case("pool2d", images, size=(2, 3) if images.shape[3] == 6 else 2, mode=mode)
                    for images, mode in group
                ]
                for name, group in groups.items()
            },
        )

    @number("2.5")
    def test_any(self):
        """pool2d: batches and channels, every mode, windows of even and odd numbers of values"""

        def draw():
            batch, channels = self.random.permutation([2, 3])

            def ask(mode):
                images = quarters(self.random, batch, channels, 7, 6)
                return [
                    self.case("pool2d", images, size=(2, 3), stride=(2, 1), mode=mode),
                    self.case("pool2d", (images - 10) * 1024, size=3, mode=mode),
                    self.case("pool2d", (images + 12) * 1024, size=(3, 2), stride=(1, 2), mode=mode),
                    self.case("pool2d", images[:1].clip(min=0), 2, None, mode),
                    self.case("pool2d", images[:1].clip(max=0), 2, None, mode),
                    self.case("pool2d", images[:, :1], (3, 1), 2, mode),
                ]

            wide, single = quarters(self.random, 1, 2, 5, 6), quarters(self.random, 1, 1, 4, 5)
            return [
                *(case for of_each_mode in zip(*map(ask, MODES)) for case in of_each_mode),
                self.case("pool2d", wide, size=(1, 5), mode="median"),
                self.case("pool2d", wide, size=(5, 1), mode="average"),
                self.case("pool2d", single, size=1, stride=(3, 2), mode="min"),
            ]

        self.require(*self.draw(draw))

    def _of_type(self, dtype, mode):
        """Draw an image of a type. Maxima get no negative numbers: these have a group of their own."""
        image = of_type(self.random, dtype, 1, 1, 4, 6)
        return abs(image) if mode == "max" else image

    def _with_zeros(self):
        """Draw an image of positive numbers with a zero in each 2x2 window, in each channel at another position."""
        image = 1 + abs(quarters(self.random, 1, 4, 4, 4))
        for channel, (row, column) in enumerate(np.ndindex(2, 2)):
            image[:, channel, row::2, column::2] = 0
        return image
