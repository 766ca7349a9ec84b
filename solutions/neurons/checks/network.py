"""The checks of part 2: dense networks."""

import numpy as np

from autograder.authoring import Part, Verdict, number, quarters, reals

ACTIVATIONS = ("identity", "step", "relu", "sigmoid", "tanh")
FAR = 1000.0  # a sum as far from 0 as the docstring allows
FAR_LOGIT = 10_000.0
HIDDEN = (np.array([[1.0, -1.0, 2.0], [1.0, 1.0, -0.5]]), np.array([0.0, 0.5, -1.0]), "relu")
OUTPUT = (np.array([[2.0, 0.5], [1.0, -1.0], [0.5, 1.0]]), np.array([-1.0, 0.25]), "identity")
INPUTS = np.array([[1.0, 0.0], [1.0, 2.0], [-1.0, 3.0]])


class Network(Part):
    """network.py: activate, forward, count_weights, softmax, cross_entropy."""

    harness = {"warned": "activate"}

    @number("2.1")
    def test_activate_by_hand(self):
        """activate: each activation, below, at and above 0"""
        sums = np.array([[-2.0, -0.5, 0.0], [0.5, 1.0, 3.0]])
        self.require(*(self.case("activate", sums, activation) for activation in ACTIVATIONS))

    @number("2.2")
    def test_forward_by_hand(self):
        """forward: one layer, and two"""
        self.require(
            self.case("forward", INPUTS, [HIDDEN]),
            self.case("forward", INPUTS, [HIDDEN, OUTPUT]),
            self.case("forward", INPUTS[:1], [(*HIDDEN[:2], "step"), (*OUTPUT[:2], "sigmoid")]),
        )

    @number("2.3")
    def test_count_of_the_lecture(self):
        """count_weights: the lecture's network 15-10-5-2, without and with biases"""
        self.require(
            self.case("count_weights", [15, 10, 5, 2], bias=False),
            self.case("count_weights", [15, 10, 5, 2]),
            self.case("count_weights", (3, 1), bias=True),
        )

    @number("2.4")
    def test_loss_by_hand(self):
        """softmax and cross_entropy: even and uneven logits, large ones"""
        logits = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
        self.require(
            self.case("softmax", logits),
            self.case("cross_entropy", logits[:2], np.array([0, 2])),
            self.case("cross_entropy", logits, np.array([1, 0, 2])),
        )

    @number("2.5")
    def test_activate_any(self):
        """activate: sums of any shape, from -1000 to 1000"""

        def draw():
            exact = np.concatenate([quarters(self.random, 6), [0.0, 0.0]])
            far = np.array([[-FAR, FAR, 0.0], [-20.0, 20.0, self.between(30, 700)]])
            return [
                self.case("activate", sums, activation)
                for activation in ACTIVATIONS
                for sums in (exact, far, reals(self.random, 2, 3, 2), self.random.integers(-3, 4, (3, 2)))
            ]

        self.require(*self.draw(draw))

    @number("2.6")
    def test_activate_without_warnings(self):
        """activate: no warning for sums from -1000 to 1000"""
        for activation in ACTIVATIONS:
            found = self.ask("warned", "activate", np.linspace(-FAR, FAR, 81), activation)
            if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
                self.fail_with(Verdict.WRONG, "The warnings of activate cannot be read.")
            if found:
                self.fail_with(
                    Verdict.WRONG,
                    f"It warns: {found[0]!r:.200}. Use a formula that never raises e to a large power.",
                    f"activate(np.linspace(-{FAR:g}, {FAR:g}, 81), {activation!r})",
                )

    @number("2.7")
    def test_forward_any(self):
        """forward: any number of layers and inputs, every activation; inputs left unchanged"""

        def draw():
            cases = []
            for sizes in ((3, 3, 3), (1, 4, 1), (2, 5, 4, 3), (4, 4, 4, 4, 4)):
                layers = self._layers(sizes, self.random.permutation(ACTIVATIONS))
                cases.append(self.case("forward", quarters(self.random, self.between(2, 6), sizes[0]) / 4, layers))
            one = [self.case("forward", quarters(self.random, 3, 2), self._layers((2, 2), [each])) for each in ACTIVATIONS]
            inputs, weights, at_zero = (
                self.random.integers(0, 2, (4, 2)),
                quarters(self.random, 2, 3),
                quarters(self.random, 4, 2),
            )
            return [
                *cases,
                *one,
                self.case("forward", inputs, self._layers((2, 3, 1), ["step", "step"])),
                self.case("forward", at_zero, [(weights, -at_zero[0] @ weights, "step")]),
                self.case("forward", reals(self.random, 1, 3), self._layers((3, 6, 2), ["sigmoid", "tanh"])),
                self.case("forward", quarters(self.random, 3, 2), []),
            ]

        self.require(*self.draw(draw))

    @number("2.8")
    def test_count_any(self):
        """count_weights: any sizes"""

        def draw():
            def sizes(count):
                return [self.between(2, 60) for _ in range(count)]

            return [
                self.case("count_weights", sizes(4)),
                self.case("count_weights", sizes(5), bias=False),
                self.case("count_weights", tuple(sizes(3)), bias=True),
                self.case("count_weights", sizes(2), False),
                self.case("count_weights", sizes(1)),  # only inputs
            ]

        self.require(*self.draw(draw))

    @number("2.9")
    def test_loss_any(self):
        """softmax and cross_entropy: any number of rows and classes, logits from -10,000 to 10,000"""

        def batches():
            apart = self.random.choice([-1.0, -0.5, 0.0, 0.3, 1.0], (5, 4)) * FAR_LOGIT
            together = quarters(self.random, 3, 3) / 4 + (FAR_LOGIT - 9) * np.array([[1.0], [-1.0], [0.0]])
            yield from (quarters(self.random, 6, 3) / 2, apart, together, reals(self.random, 3, 2))
            yield from (quarters(self.random, 1, 7), quarters(self.random, 4, 1), quarters(self.random, 1, 1))

        def draw_softmax():
            return [self.case("softmax", logits) for logits in batches()]

        def draw_loss():
            return [
                self.case("cross_entropy", logits, self.random.integers(0, logits.shape[1], len(logits)))
                for logits in batches()
            ]

        self.require(*self.draw(draw_softmax), *self.draw(draw_loss))

    def _layers(self, sizes, activations):
        """Draw the layers of a network. Sums of multiples of 1/4 are exact, so that a step is where it is."""
        return [
            (quarters(self.random, count, neurons) / 4, quarters(self.random, neurons) / 4, str(activation))
            for (count, neurons), activation in zip(zip(sizes, sizes[1:]), activations)
        ]
