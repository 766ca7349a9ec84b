"""Part 7: convolution, with many totals in registers."""

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import Figure, KernelPart, lie_in, sectors

from . import windows
from .drawn import convolution, quarters

FILTERS = 16  # feature maps that a thread computes
CONSTANTS = "Index the local array by loops over constants only, such as range(FILTERS), and keep fewer numbers at a time."
REGISTERS = (
    "Fetch a pixel once, and multiply it by a weight of each of the FILTERS kernels, which it shares with other threads."
)


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
        arguments = convolution(self.drawn_from("traffic"), reals, channels=2, image=(32, 32), filters=FILTERS)
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
        random = self.drawn_from("convolve_blocked by hand")
        return [
            self.case("convolve_blocked", *convolution(random, quarters, 1, (4, 4), 1, padding=0)),
            self.case("convolve_blocked", *convolution(random, quarters, 2, (5, 7), 3)),
        ]

    def any(self):
        """Return launches with as many kernels as a thread computes, fewer, and more; with ragged edges.

        The last one has many channels.
        """
        random = self.drawn_from("convolve_blocked any")
        few, many = random.integers(4, 9), random.integers(66, 80)
        return [
            self.case("convolve_blocked", *convolution(random, reals, 1, (few, few + 2), FILTERS, padding=2)),
            self.case("convolve_blocked", *convolution(random, reals, 1, (few, many), FILTERS + 4, padding=0)),
            self.case("convolve_blocked", *convolution(random, reals, 2, (many, few), 3, padding=1)),
            self.case("convolve_blocked", *convolution(random, reals, 3, (2, 1), 4 * FILTERS + 1, padding=3)),
            self.case("convolve_blocked", *convolution(random, reals, random.integers(12, 17), (4, 3), 2)),
        ]

    def figures(self, launched):
        """Return how many pixels and weights are read for each product, from whatever memory; sectors; and spills."""
        ran, outputs, kernels = launched.ran, launched.right, launched.case.arguments[1]
        read = ran.total("shared").reads + ran.total("global", *ran.parameters[:2]).reads
        says = "Threads read {:.3g} pixels and weights for each product"
        return {
            "reads": Figure(read / (outputs * kernels[0].size), says, REGISTERS),
            "output": sectors(ran, ran.parameters[-1], least=lie_in(outputs)),
            **self.spills(launched.case),
        }

    def spills(self, case):
        """Return how many bytes of a thread lie in memory that belong into registers, if there is a compiler to say so."""
        stacks = [figures["stack"] for figures in self.compiled(case).values()]
        says = "{:g} bytes of each thread's local array and registers lie in memory, as the compiler says"
        return {"spills": Figure(max(stacks), says, CONSTANTS)} if stacks else {}
