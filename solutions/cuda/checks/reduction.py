"""Part 5: one sum for many threads."""

import numpy as np

from autograder.authoring import number, partial_credit, reals
from autograder.kernels import Figure, KernelPart, busiest, lie_in, sectors

from .drawn import quarters

THREADS = 256  # values that a block adds up
TREE = "In each step, let half of the threads add a value of the other half to their own: 256 values take 8 steps."
ATOMICS = "Atomic additions wait for each other: add in shared memory, step by step."


class Reduction(KernelPart):
    """reduction.py: block_sums."""

    kernel = "block_sums"

    @number("5.1")
    def test_values(self):
        """block_sums: one block of values, and 1000 values"""
        self.require_values(*self.by_hand())

    @number("5.2")
    def test_safety(self):
        """block_sums: nothing out of range, no race"""
        self.require_safety(*self.by_hand())

    @number("5.3")
    @partial_credit
    def test_traffic(self, set_score=None):
        """block_sums: few sectors of global memory, few barriers"""
        self.require_traffic(set_score, self.case("block_sums", reals(self.drawn_from("traffic"), 16 * THREADS)))

    @number("5.4")
    def test_values_any(self):
        """block_sums: any number of values"""
        self.require_values(*self.any())

    @number("5.5")
    def test_safety_any(self):
        """block_sums: any number of values, nothing out of range, no race"""
        self.require_safety(*self.any())

    def by_hand(self):
        """Return launches that students can follow."""
        random = self.drawn_from("block_sums by hand")
        return [self.case("block_sums", quarters(random, size)) for size in (THREADS, 1000)]

    def any(self):
        """Return launches of one value, less than a block, full blocks, and one value more than that."""
        random = self.drawn_from("block_sums any")
        few, more, many = random.integers(2, 128), random.integers(129, 256), random.integers(20, 30)
        sizes = 1, few, more, 4 * THREADS, 3 * THREADS + 1, many * THREADS - few
        return [self.case("block_sums", reals(random, size) + np.float32(0.5)) for size in sizes]

    def sizes(self, case):
        """Return how many values there are."""
        return case.arguments[0].shape

    def figures(self, launched):
        """Return how many sectors of the values are touched, what one thread has to do, and whether it is atomic."""
        profile = launched.profile
        found = {
            "sectors": sectors(profile, profile.parameters[0], least=lie_in(THREADS * launched.right)),
            "busiest": busiest(profile, TREE),
            "barriers": Figure(profile.barriers, f"A block reaches {{:g}} barrier{'s' * (profile.barriers != 1)}", TREE),
        }
        return found | ({"atomics": Figure(1, "It uses atomic additions", ATOMICS)} if profile.atomics else {})
