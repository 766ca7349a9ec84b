"""Measures of logits, (N, classes) in float64, against the labels, (N,), which only the grader knows."""

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float64]
Labels = NDArray[np.integer]
SCALES = (0.0, *np.geomspace(0.01, 30, 40))  # of logits with a standard deviation of 1


def accuracy(logits: Logits, labels: Labels) -> float:
    """Return the share of images that are classified correctly."""
    return float((logits.argmax(axis=1) == labels).mean())


def recalls(logits: Logits, labels: Labels) -> dict[int, float]:
    """Return the share of images recognised in each class that has any."""
    right = logits.argmax(axis=1) == labels
    return {int(each): float(right[labels == each].mean()) for each in np.unique(labels)}


def cross_entropy(logits: Logits, labels: Labels) -> float:
    """Return the mean of -log(softmax(logits)[label])."""
    largest = logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]
    return float((log_sums - logits[np.arange(len(labels)), labels]).mean())


def loss_at_best_scale(logits: Logits, labels: Labels) -> float:
    """Return the mean cross-entropy at the scale that suits the logits best.

    Confidence alone is not knowledge: multiplying all logits by a factor changes nothing here.
    """
    centred = logits - logits.mean(axis=1, keepdims=True)
    centred /= centred.std() or 1.0
    return min(cross_entropy(scale * centred, labels) for scale in SCALES)


def are_probabilities(logits: Logits) -> bool:
    """Return whether each row looks like the output of a softmax: nothing below 0, and a sum of 1."""
    return bool((logits >= 0).all() and np.allclose(logits.sum(axis=1), 1, atol=1e-3))
