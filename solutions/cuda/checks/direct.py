"""Part 3: convolution, straight from the definition."""

from functools import partial

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import KernelPart, lie_in, reads, sectors

from . import windows
from .drawn import beyond_a_block, convolution, quarters

ONCE = "Read each pixel and each weight once, where they are multiplied, and nothing outside of the image."


class Direct(KernelPart):
    """direct.py: convolve."""

    kernel = "convolve"
    explain = {"convolve": windows.of_convolution}

    @number("3.1")
    def test_values(self):
        """convolve: one channel, then two with padding"""
        self.require_values(*self.by_hand())

    @number("3.2")
    def test_safety(self):
        """convolve: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("3.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """convolve: few reads, few sectors of global memory"""
        arguments = convolution(partial(reals, self.drawn_from("traffic")), (2, 64, 64), 4)
        self.require_traffic(set_score, self.case("convolve", *arguments))

    @number("3.4")
    def test_values_any(self):
        """convolve: any sizes and padding"""
        self.require_values(*self.any())

    @number("3.5")
    def test_safety_any(self):
        """convolve: any sizes and padding, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        draw = partial(quarters, self.drawn_from("convolve by hand"))
        return [
            self.case("convolve", *convolution(draw, (1, 4, 4), 1, padding=0)),
            self.case("convolve", *convolution(draw, (2, 5, 7), 3, (2, 3))),
        ]

    def any(self):
        """Return launches with ragged edges on all axes, with wide, tall and large windows, and with much padding.

        The last ones have more feature maps, columns and rows than a block can have threads along an axis.
        """
        random = self.drawn_from("convolve any")
        draw = partial(reals, random)
        few, many = random.integers(6, 10), random.integers(34, 44)
        deep, wide = beyond_a_block(random)
        return [
            self.case("convolve", *convolution(draw, (3, few, many), 5)),
            self.case("convolve", *convolution(draw, (2, many, few), 3, (2, 4), padding=0)),
            self.case("convolve", *convolution(draw, (1, 2, 3), 2, (4, 3), padding=3)),
            self.case("convolve", *convolution(draw, (4, 5, 4), 1, (1, 1), padding=0)),
            self.case("convolve", *convolution(draw, (1, 5, 6), 4, (5, 6), padding=0)),
            self.case("convolve", *convolution(draw, (1, 3, 4), deep)),
            self.case("convolve", *convolution(draw, (1, 2, wide), 1)),
            self.case("convolve", *convolution(draw, (1, wide, 3), 1)),
        ]

    def figures(self, launched):
        """Return how often pixels and weights are read for each product, and how many sectors are touched."""
        profile, outputs = launched.profile, launched.right
        images, kernels, _, _, output = profile.parameters
        products = outputs * launched.case.arguments[1][0].size
        return {
            "pixels": reads(profile, images, products, "pixels for each product", ONCE),
            "weights": reads(profile, kernels, products, "weights for each product", ONCE),
            "sectors": sectors(profile, images, kernels),
            "output": sectors(profile, output, least=lie_in(outputs)),
        }
