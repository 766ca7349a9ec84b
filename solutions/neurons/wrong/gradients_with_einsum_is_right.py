"""learning.py
all: passed
"""
from right_learning import *


def gradients(inputs, labels, layers):
    sums, outputs = [], [inputs]
    for weights, biases, activation in layers:
        sums.append(np.einsum("ni,io->no", outputs[-1], weights) + biases)
        outputs.append(activate(sums[-1], activation))
    errors = (softmax(sums[-1]) - np.eye(sums[-1].shape[1])[labels]) / len(labels)
    found = []
    for place in range(len(layers) - 1, -1, -1):
        found.append((np.einsum("ni,no->io", outputs[place], errors), errors.sum(0)))
        if place > 0:
            errors = np.einsum("no,io->ni", errors, layers[place][0])
            name = layers[place - 1][2]
            small = np.exp(-abs(sums[place - 1]))
            errors = errors * {
                "identity": 1.0, "relu": np.where(sums[place - 1] > 0, 1.0, 0.0),
                "tanh": 1 / np.cosh(sums[place - 1]) ** 2, "sigmoid": small / (1 + small) ** 2,
            }[name]
    return found[::-1]
