"""The grader's own training: XOR from many random starts at once, and the outputs of networks that students trained."""

from functools import lru_cache

import numpy as np

INPUTS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
LABELS = np.array([0, 1, 1, 0])
STARTS = 20


@lru_cache(maxsize=100)  # a class shares settings
def trainings_of_xor(sizes, scale, rate, epochs):
    """Train networks on XOR from the same random starts each time. sizes: a tuple.

    Returns their losses before each epoch and after the last one, (epochs + 1, STARTS), and which of them give every input
    the larger logit for its own class, (STARTS,). Losses that overflow are not finite.
    """
    random = np.random.default_rng(0)
    shapes = list(zip(sizes, sizes[1:]))
    weights = [random.normal(size=(STARTS, *shape)) * scale / np.sqrt(shape[0]) for shape in shapes]
    biases = [np.zeros((STARTS, 1, neurons)) for _, neurons in shapes]
    losses = np.empty((epochs + 1, STARTS))
    with np.errstate(all="ignore"):
        for epoch in range(epochs + 1):
            outputs = _outputs(INPUTS, zip(weights, biases))
            odds = outputs[-1] - outputs[-1].max(axis=-1, keepdims=True)
            odds -= np.log(np.exp(odds).sum(axis=-1, keepdims=True))
            losses[epoch] = -odds[:, np.arange(len(LABELS)), LABELS].mean(axis=-1)
            if epoch < epochs:
                _step(weights, biases, outputs, (np.exp(odds) - np.eye(2)[LABELS]) / len(LABELS), rate)
    margins = outputs[-1][..., 1] - outputs[-1][..., 0]
    return losses, (margins * np.where(LABELS == 1, 1, -1) > 0).all(axis=-1)


def logits(layers, inputs):
    """Return the logits of a network whose hidden layers have the activation tanh."""
    return _outputs(inputs, layers)[-1]


def _outputs(inputs, layers):
    """Return the inputs, and what each layer puts out."""
    found, layers = [inputs], list(layers)
    for place, (weights, biases) in enumerate(layers, start=1):
        sums = found[-1] @ weights + biases
        found.append(np.tanh(sums) if place < len(layers) else sums)
    return found


def _step(weights, biases, outputs, blame, rate):
    """Let all networks take a step. blame: the gradient with respect to their logits."""
    for place in reversed(range(len(weights))):
        passed_on = blame @ weights[place].swapaxes(-1, -2) * (1 - outputs[place] ** 2)
        weights[place] = weights[place] - rate * outputs[place].swapaxes(-1, -2) @ blame
        biases[place] = biases[place] - rate * blame.sum(axis=-2, keepdims=True)
        blame = passed_on
