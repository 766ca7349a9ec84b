"""What logits say, (N, classes) in float64, about images whose labels, (N,), only the grader knows."""

import numpy as np

SCALES = (0.0, *np.geomspace(0.01, 30, 40))  # of logits with a standard deviation of 1


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images whose largest logit is that of their class."""
    return float((logits.argmax(axis=1) == labels).mean())


def recalls(logits: np.ndarray, labels: np.ndarray) -> dict[int, float]:
    """Return, for each class of which there are images, the share of them that is recognised."""
    right = logits.argmax(axis=1) == labels
    return {int(each): float(right[labels == each].mean()) for each in np.unique(labels)}


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean of -log(softmax(logits)[label])."""
    largest = logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]
    return float((log_sums - logits[np.arange(len(labels)), labels]).mean())


def loss_at_best_scale(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy at the scale that suits the logits best.

    How loud a network guesses is no knowledge: a factor on all logits changes nothing here.
    """
    centred = logits - logits.mean(axis=1, keepdims=True)
    centred /= centred.std() or 1.0
    return min(cross_entropy(scale * centred, labels) for scale in SCALES)


def are_probabilities(logits: np.ndarray) -> bool:
    """Tell whether each row is what a softmax leaves: nothing below 0, and a sum of 1."""
    return bool((logits >= 0).all() and np.allclose(logits.sum(axis=1), 1, atol=1e-3))
