"""gates.py
all: passed
"""
from right_gates import *

from itertools import product


def gate(outputs):
    """Learns by the perceptron's rule, from inputs that are off, until nothing is wrong any more."""
    count = {2: 1, 4: 2}[len(outputs)]
    inputs = list(product((0, 1), repeat=count))
    rows = [(np.array(x) + np.array(off), y) for x, y in zip(inputs, outputs) for off in product((-0.11, 0.11), repeat=count)]
    weights, bias = np.zeros(count), 0.0
    for _ in range(1000):
        wrong = 0
        for row, wanted in rows:
            error = wanted - (1 if row @ weights + bias >= 0 else 0)
            weights, bias, wrong = weights + error * row, bias + error, wrong + abs(error)
        if not wrong:
            return [weights, -bias]
    return None
