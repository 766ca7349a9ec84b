"""Part 6: convolution, with pixels in shared memory."""

from functools import partial

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import KernelPart, busiest, conflicts, lie_in, reads, sectors

from . import windows
from .drawn import beyond_a_block, convolution, quarters

TOGETHER = "Let all threads of the block copy pixels, a few each."
SHARE = "Let a block copy the pixels under its tile into shared memory, each pixel once, and read them there."


class Tiled(KernelPart):
    """tiled.py: convolve_tiled."""

    kernel = "convolve_tiled"
    explain = {"convolve_tiled": windows.of_convolution}

    @number("6.1")
    def test_values(self):
        """convolve_tiled: one channel, then two with padding"""
        self.require_values(*self.by_hand())

    @number("6.2")
    def test_safety(self):
        """convolve_tiled: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("6.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """convolve_tiled: few pixels from global memory, no bank conflicts"""
        arguments = convolution(partial(reals, self.drawn_from("traffic")), (2, 64, 64), 2)
        self.require_traffic(set_score, self.case("convolve_tiled", *arguments))

    @number("6.4")
    def test_values_any(self):
        """convolve_tiled: any sizes and padding"""
        self.require_values(*self.any())

    @number("6.5")
    def test_safety_any(self):
        """convolve_tiled: any sizes and padding, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        draw = partial(quarters, self.drawn_from("convolve_tiled by hand"))
        return [
            self.case("convolve_tiled", *convolution(draw, (1, 4, 4), 1, padding=0)),
            self.case("convolve_tiled", *convolution(draw, (2, 5, 7), 3)),
        ]

    def any(self):
        """Return launches of less than a tile, of several tiles with ragged edges, and with padding of any width.

        The last ones have more feature maps than a block can have threads along z, and more channels than fit into its
        shared memory at once, each with 18 x 18 pixels.
        """
        random = self.drawn_from("convolve_tiled any")
        draw = partial(reals, random)
        few, many = random.integers(4, 9), random.integers(130, 150)
        deep, _ = beyond_a_block(random)
        return [
            self.case("convolve_tiled", *convolution(draw, (3, few, few + 2), 2, padding=2)),
            self.case("convolve_tiled", *convolution(draw, (2, few, many), 2, padding=0)),
            self.case("convolve_tiled", *convolution(draw, (1, many, few), 2, padding=1)),
            self.case("convolve_tiled", *convolution(draw, (2, 2, 1), 1, padding=3)),
            self.case("convolve_tiled", *convolution(draw, (1, 3, 4), deep)),
            self.case("convolve_tiled", *convolution(draw, (random.integers(38, 45), 4, 3), 1)),
        ]

    def figures(self, launched):
        """Return how many pixels are read, what the busiest thread reads, bank conflicts, and the sectors of the output."""
        profile, outputs = launched.profile, launched.right
        images, output = profile.parameters[0], profile.parameters[-1]
        channels = len(launched.case.arguments[0])
        return {
            "pixels": reads(profile, images, outputs * channels, "pixels of the image for each output and channel", SHARE),
            "busiest": busiest(profile, TOGETHER, channels, "numbers for each channel"),
            "conflicts": conflicts(profile),
            "output": sectors(profile, output, least=lie_in(outputs)),
        }
