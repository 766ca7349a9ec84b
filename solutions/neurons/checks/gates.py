"""The checks of part 1: neurons and gates."""

from itertools import product

import numpy as np

from autograder.authoring import Verdict, number, quarters

from . import replies
from .replies import JudgedPart, MalformedReply

# How far an input may be from 0 or 1: a little less than 0.1, so that just enough room does not fail by rounding.
OFF = 0.1 * (1 - 1e-9)
LECTURE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
NOT, AND, OR, XOR = (1, 0), (0, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, 0)
NO_LINE = (XOR, (1, 0, 0, 1))


class Gates(JudgedPart):
    """gates.py: fires, gate, xor, xor_network."""

    @number("1.1")
    def test_fires_by_hand(self):
        """fires: sums below, at and above the threshold"""
        self.require(
            self.case("fires", LECTURE, np.array([1.0, 1.0]), 1.5),
            self.case("fires", LECTURE, np.array([1.0, 1.0]), 1.0),
            self.case("fires", LECTURE, np.array([2.0, -1.0]), 0.5),
            self.case("fires", LECTURE, [1, -2], -1),
        )

    @number("1.2")
    def test_gates_of_the_lecture(self):
        """gate: NOT, AND and OR, even where the inputs are off by 0.1"""
        for outputs in (NOT, AND, OR):
            self._require_gate(outputs)

    @number("1.3")
    def test_xor_by_hand(self):
        """xor: the four inputs, and four that are off by 0.1"""
        self.require(self.case("xor", LECTURE), self.case("xor", LECTURE + OFF * np.array([[1, -1], [-1, 1]] * 2)))

    @number("1.4")
    def test_xor_network(self):
        """xor_network: two hidden neurons and one output, even where the inputs are off by 0.1"""
        call = "xor_network()"
        layers = self.judged(call, _two_layers, self.returned("xor_network"))
        for row, wanted in zip(product((0, 1), repeat=2), XOR):
            # A box of inputs around each row, not only its corners: a hidden neuron may change between two of them.
            for inputs in product(*(np.linspace(value - OFF, value + OFF, 5) for value in row)):
                outputs = inputs
                for weights, thresholds in layers:
                    outputs = [
                        int(sum(w * x for w, x in zip(column, outputs)) >= limit)
                        for column, limit in zip(weights.T, thresholds)
                    ]
                if outputs != [wanted]:
                    at = ", ".join(f"{each:.3g}" for each in inputs)
                    sentence = f"For the inputs ({at}), the network returns {outputs[0]}, but XOR is {wanted}."
                    self.fail_with(Verdict.WRONG, sentence, call)

    @number("1.5")
    def test_fires_any(self):
        """fires: any number of inputs, weights and thresholds below 0, sums that equal the threshold"""

        def draw():
            cases = []
            for count, width in ((1, 1), (6, 2), (5, 3), (9, 4)):
                inputs, weights = quarters(self.random, count, width), quarters(self.random, width)
                reached = float(inputs[self.between(0, count)] @ weights)  # of multiples of 1/4, sums are exact
                cases.append(self.case("fires", inputs, weights, reached))
            weights = [self.between(-5, 6) for _ in range(3)]
            switches = self.random.integers(0, 2, (8, 3))
            return [
                *cases,
                self.case("fires", switches, weights, sum(weights[:2])),
                self.case("fires", switches == 1, tuple(weights), weights[2]),
                self.case("fires", quarters(self.random, 4, 2), weights[:2], float(self.random.choice([-0.25, 0.25]))),
            ]

        self.require(*self.draw(draw))

    @number("1.6")
    def test_all_gates(self):
        """gate: all outputs of one and two inputs, even where the inputs are off by 0.1; None where no neuron has them"""
        tables = [outputs for count in (2, 4) for outputs in product((0, 1), repeat=count)]
        for place in self.random.permutation(len(tables)):
            self._require_gate(tables[place])

    @number("1.7")
    def test_xor_any(self):
        """xor: many inputs, each off by up to 0.1"""

        def draw():
            switches = self.random.integers(0, 2, (40, 2))
            corners = np.array(list(product((-OFF, 0.0, OFF), repeat=2)))
            around = (LECTURE[:, None] + corners).reshape(-1, 2)
            return [
                self.case("xor", switches + self.random.uniform(-OFF, OFF, (40, 2))),
                self.case("xor", self.random.permutation(around)),
                self.case("xor", switches),
                self.case("xor", switches[:1] + self.random.uniform(-OFF, OFF, (1, 2))),
            ]

        self.require(*self.draw(draw))

    def _require_gate(self, outputs):
        """Fail unless the neuron that the student returns has these outputs, however the inputs are off."""
        call, reply = f"gate({outputs})", self.returned("gate", outputs)
        if outputs in NO_LINE:
            if reply is not None:
                self.fail_with(
                    Verdict.WRONG,
                    "No neuron has these outputs, since no line separates the inputs: gate must return None.",
                    call,
                )
            return
        count = len(outputs) // 2  # of the inputs
        weights, threshold = self.judged(call, lambda reply: _neuron(reply, count), reply)
        for inputs, wanted in zip(product((0, 1), repeat=count), outputs):
            # A sum is largest and smallest where each input is as far off as it may be: these corners are enough.
            for signs in product((0, -1, 1), repeat=count):
                off = [value + sign * OFF for value, sign in zip(inputs, signs)]
                total = sum(weight * value for weight, value in zip(weights, off))
                if (total >= threshold) != wanted:
                    self.fail_with(Verdict.WRONG, _other_output(off, weights, total, threshold, wanted), call)


def _neuron(reply, count):
    """Read the weights and the threshold of a neuron."""
    if reply is None:
        raise MalformedReply("gate returned None, but there is a neuron with these outputs. Is a return missing?")
    weights, threshold = replies.entries(reply, 2, "The result", "a pair (weights, threshold)")
    return replies.numbers(weights, (count,), "weights"), replies.number(threshold, "threshold")


def _two_layers(reply):
    """Read the weights and thresholds of XOR's network."""
    first, second = replies.entries(reply, 2, "The result", "a list of two layers")
    return [_layer(first, (2, 2), "first layer"), _layer(second, (2, 1), "second layer")]


def _layer(reply, shape, name):
    """Read the weights and thresholds of a layer."""
    weights, thresholds = replies.entries(reply, 2, f"The {name}", "a tuple (weights, thresholds)")
    return (
        replies.numbers(weights, shape, f"The weights of the {name}"),
        replies.numbers(thresholds, shape[1:], f"The thresholds of the {name}"),
    )


def _other_output(inputs, weights, total, threshold, wanted):
    """Say for which inputs a neuron has another output than it should."""
    at, by = (", ".join(f"{each:.6g}" for each in numbers) for numbers in (inputs, weights))
    does = "reaches" if total >= threshold else "does not reach"
    return (
        f"For the inputs ({at}), the sum with the weights ({by}) is {total:.6g}, which {does} the threshold "
        f"{threshold:.6g}: the neuron returns {int(total >= threshold)}, but should return {wanted}."
    )
