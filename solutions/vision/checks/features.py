"""Part 2: what a network sees."""

from importlib.util import find_spec

import numpy as np

from autograder.authoring import (
    Part,
    Picture,
    Verdict,
    Wrong,
    number,
    of_type,
    partial_credit,
    place_in_words,
    quarters,
    reals,
    shown_whole,
    type_in_words,
    whole,
)

EDGE = np.array([[[-1.0, 1.0], [-1.0, 1.0]]])
STEPS = np.repeat([[[[0, 0, 3, 3, 0]]], [[[5, 5, 5, 9, 9]]], [[[9, 8, 7, 6, 5]]]], 3, axis=2)  # three images of 3x5


def _of_picture(wrong, kernels, columns, gap=1):
    """Draw the first wrong channel of a wrong picture."""
    channel = wrong.first[2]
    plane = Wrong(*(each[:, :, channel] for each in (wrong.expected, wrong.received, wrong.places)))
    return Picture(place_in_words(wrong.first, ("row", "column", "channel")), grids=shown_whole(plane.grids()))


class Features(Part):
    """features.py: first_kernels, responses, strongest_patches, picture."""

    harness = {"first_kernels": "first_kernels"}
    explain = {"picture": _of_picture}

    @number("2.1")
    def test_first_kernels(self):
        """first_kernels: a row of layers, blocks in blocks, the convolution itself"""
        for kind in ("a row of layers", "blocks in blocks", "the convolution itself"):
            self._require_kernels(kind, 3, 5, 5)

    @number("2.2")
    @partial_credit
    def test_patches_by_hand(self, set_score=None):
        """responses and strongest_patches: edges that you can follow"""
        colours = whole(self.random, 2, 3, 4, 5)
        self.require_share(
            set_score,
            {
                "responses": [
                    self.case("responses", STEPS, EDGE),
                    self.case("responses", colours, whole(self.random, 3, 2, 3)),
                ],
                "strongest patches": [
                    self.case("strongest_patches", STEPS, EDGE, 1),
                    self.case("strongest_patches", STEPS, EDGE, 3),
                    self.case("strongest_patches", STEPS, -EDGE, 2),
                ],
            },
        )

    @number("2.3")
    def test_picture_by_hand(self):
        """picture: gray and coloured kernels, a row that is not full"""
        gray, coloured = self._kernels(3, 1, 2, 3), self._kernels(2, 3, 2, 2)
        self.require(
            self.case("picture", np.array([[[[-1.0, 0.0]]], [[[5.0, 5.0]]], [[[2.0, 1.0]]]]), 2),
            self.case("picture", gray, columns=2),
            self.case("picture", coloured, columns=2, gap=2),
        )

    @number("2.4")
    def test_first_kernels_any(self):
        """first_kernels: at any depth, behind any other layers, of any size; networks without a convolution"""
        for kind in (
            "attributes",
            "a list",
            "behind a normalisation",
            "behind a dense layer",
            "behind other convolutions",
            "a subclass",
        ):
            channels = 1 if kind == "behind a dense layer" else self.between(1, 4)
            self._require_kernels(kind, channels, self.between(2, 4), self.between(4, 8))
        if self._asked("no convolution", reals(self.random, 1, 1, 2, 2)) != "ValueError":
            self.fail_with(Verdict.WRONG, "first_kernels must raise a ValueError for a network without a convolution.")

    @number("2.5")
    @partial_credit
    def test_patches_any(self, set_score=None):
        """responses and strongest_patches: any images, channels and kernels; equal responses; bytes"""

        def draw_responses():
            return [
                self.case("responses", reals(self.random, 2, 3, 6, 8), reals(self.random, 3, 3, 2)),
                self.case("responses", reals(self.random, 3, 2, 7, 5), reals(self.random, 2, 1, 4)),
                self.case("responses", reals(self.random, 1, 4, 3, 4), reals(self.random, 4, 3, 4)),  # fits once
                self.case("responses", of_type(self.random, "uint8", 2, 3, 5, 4), quarters(self.random, 3, 2, 2)),
                self.case("responses", of_type(self.random, "uint8", 2, 3, 5, 4), of_type(self.random, "int8", 3, 2, 2)),
            ]

        def draw_patches():
            images = quarters(self.random, 5, 2, 6, 8)
            few = self.random.integers(0, 3, (7, 1, 5, 6)).astype(float)  # often the same response
            return [
                self.case("strongest_patches", images, quarters(self.random, 2, 3, 2), 3),
                self.case("strongest_patches", images, quarters(self.random, 2, 1, 4), 5),
                self.case("strongest_patches", -abs(images), abs(quarters(self.random, 2, 2, 2)), 2),  # none above 0
                self.case("strongest_patches", few, np.array([[[1.0, -1.0]]]), 7),
                self.case("strongest_patches", few, np.array([[[0.0, 1.0], [0.0, 1.0]]]), 4),
                self.case("strongest_patches", few[[0, 0, 1, 1]], np.array([[[2.0], [-1.0]]]), 4),
                self.case("strongest_patches", of_type(self.random, "uint8", 3, 3, 4, 5), whole(self.random, 3, 2, 2), 2),
                self.case("strongest_patches", quarters(self.random, 3, 2, 2, 3), quarters(self.random, 2, 2, 3), 3),
            ]

        self.require_share(
            set_score, {"responses": self.draw(draw_responses), "strongest patches": self.draw(draw_patches)}
        )

    @number("2.6")
    def test_picture_any(self):
        """picture: any number, depth and size of kernels, columns and gap; patches of bytes"""

        def draw():
            flat = self._kernels(3, 2, 3, 2)
            flat[1] = 0.25
            patches = self.random.integers(1, 255, (3, 1, 2, 4), dtype=np.uint8)
            patches[:, 0, 0, 1], patches[:, 0, 1, 2] = 0, 255
            return [
                self.case("picture", self._kernels(7, 3, 3, 2), 3),
                self.case("picture", self._kernels(4, 1, 2, 5), columns=2, gap=self.between(2, 5)),
                self.case("picture", self._kernels(2, 3, 3, 3), columns=5, gap=0),
                self.case("picture", self._kernels(5, 1, 4, 3), columns=1),
                self.case("picture", self._kernels(1, 3, 3, 4), columns=1, gap=3),
                self.case("picture", flat, columns=2),
                self.case("picture", patches, columns=2),
                self.case("picture", self._kernels(6, 3, 2, 2).astype(np.float32), columns=4),
            ]

        self.require(*self.draw(draw))

    def _require_kernels(self, kind, channels, height, width):
        """Require that the kernels of a network of this kind come back, as a copy."""
        kernels = reals(self.random, self.between(5, 8), channels, height, width)
        answer = self._asked(kind, kernels)
        is_pair = isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], np.ndarray)
        if answer == "ValueError" or not is_pair:
            self.fail_with(Verdict.WRONG, f"{_network(kind)}, first_kernels finds no convolution.")
        found, left = answer
        if not isinstance(found, np.ndarray) or found.shape != kernels.shape:
            received = f"one of shape {found.shape}" if isinstance(found, np.ndarray) else type_in_words(found)
            self.fail_with(
                Verdict.WRONG,
                f"{_network(kind)}, first_kernels must return a NumPy array of shape {kernels.shape}, but returned "
                f"{received}.",
            )
        if not np.array_equal(found, kernels):
            self.fail_with(Verdict.WRONG, f"{_network(kind)}, the result is not the weights of its first convolution.")
        if not np.array_equal(left, kernels):
            self.fail_with(
                Verdict.WRONG,
                f"{_network(kind)}, changing the result of first_kernels changes the network, too. Return a copy.",
            )

    def _asked(self, kind, kernels):
        if not find_spec("torch"):
            self.fail_with(Verdict.SKIPPED, "This needs the package torch, which is not installed here.")
        return self.ask("first_kernels", kind, kernels)

    def _kernels(self, *shape):
        """Draw kernels whose gray levels are not near a half, so that rounding errors do not matter."""
        levels = self.random.integers(1, 254, shape) + self.random.choice([-0.25, 0.25], shape)
        for kernel in levels:
            least, largest = self.random.choice(kernel.size, 2, replace=False)
            kernel.flat[least], kernel.flat[largest] = 0, 255
        return levels / 2 ** self.between(6, 10) - self.between(0, 3) / 4


def _network(kind):
    return f"For a network ({kind})"
