"""Part 7: convolution, with many totals in registers."""

from functools import partial

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import Figure, KernelPart, lie_in, sectors

from . import windows
from .drawn import convolution, quarters

FILTERS = 16  # feature maps that a thread computes
CONSTANTS = "Index the local array only in loops over constants, such as range(FILTERS), and keep fewer numbers at a time."
REGISTERS = "Fetch a pixel once, and multiply it by a weight of each of the FILTERS kernels. Threads share these weights."


class Blocked(KernelPart):
    """blocked.py: convolve_blocked."""

    kernel = "convolve_blocked"
    explain = {"convolve_blocked": windows.of_convolution}

    @number("7.1")
    def test_values(self):
        """convolve_blocked: one channel, then two with padding"""
        self.require_values(*self.by_hand())

    @number("7.2")
    def test_safety(self):
        """convolve_blocked: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("7.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """convolve_blocked: few reads for each product, no spills"""
        arguments = convolution(partial(reals, self.drawn_from("traffic")), (2, 32, 32), FILTERS)
        self.require_traffic(set_score, self.case("convolve_blocked", *arguments))

    @number("7.4")
    def test_values_any(self):
        """convolve_blocked: any sizes and padding"""
        self.require_values(*self.any())

    @number("7.5")
    def test_safety_any(self):
        """convolve_blocked: any sizes and padding, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        draw = partial(quarters, self.drawn_from("convolve_blocked by hand"))
        return [
            self.case("convolve_blocked", *convolution(draw, (1, 4, 4), 1, padding=0)),
            self.case("convolve_blocked", *convolution(draw, (2, 5, 7), 3)),
        ]

    def any(self):
        """Return launches with as many kernels as a thread computes, fewer, and more; with ragged edges.

        The last one has many channels.
        """
        random = self.drawn_from("convolve_blocked any")
        draw = partial(reals, random)
        few, many = random.integers(4, 9), random.integers(66, 80)
        return [
            self.case("convolve_blocked", *convolution(draw, (1, few, few + 2), FILTERS, padding=2)),
            self.case("convolve_blocked", *convolution(draw, (1, few, many), FILTERS + 4, padding=0)),
            self.case("convolve_blocked", *convolution(draw, (2, many, few), 3, padding=1)),
            self.case("convolve_blocked", *convolution(draw, (3, 2, 1), 4 * FILTERS + 1, padding=3)),
            self.case("convolve_blocked", *convolution(draw, (random.integers(12, 17), 4, 3), 2)),
        ]

    def figures(self, launched):
        """Return how many pixels and weights are read for each product, from any memory; sectors; and spills."""
        profile, outputs, kernels = launched.profile, launched.right, launched.case.arguments[1]
        read = profile.total("shared").reads + profile.total("global", *profile.parameters[:2]).reads
        says = "Threads read {:.3g} pixels and weights for each product"
        return {
            "reads": Figure(read / (outputs * kernels[0].size), says, REGISTERS),
            "output": sectors(profile, profile.parameters[-1], least=lie_in(outputs)),
            **self.spills(launched.case),
        }

    def spills(self, case):
        """Return how many bytes of a thread are in memory instead of registers, if there is a compiler to measure it."""
        stacks = [figures["stack"] for figures in self.compiled(case).values()]
        says = "{:g} bytes of each thread's local array and registers are in memory, according to the compiler"
        return {"spills": Figure(max(stacks), says, CONSTANTS)} if stacks else {}
