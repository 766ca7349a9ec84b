"""The networks that the grader provides, and their answers, computed here, where nobody can forge them."""

import io
from importlib import resources

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.authoring import datasets

IMAGES_AT_ONCE = 100
Weights = list[np.ndarray]  # kernels and intercepts of two convolutions, then weights and intercepts of two dense layers


def network(name: str) -> Weights:
    """Return the weights of one of the networks beside this file, float32, in the order of the layers."""
    with np.load(io.BytesIO((resources.files(__package__) / f"{name}.npz").read_bytes())) as stored:
        return [stored[key].astype(np.float32) for key in stored.files]


def logits(weights: Weights, images: np.ndarray) -> np.ndarray:
    """Return the logits of a network: float32 (N, 1, 28, 28) in [0, 1] -> (N, classes)."""
    parts = [images[start : start + IMAGES_AT_ONCE] for start in range(0, len(images), IMAGES_AT_ONCE)]
    return np.concatenate([_logits(weights, part) for part in parts])


def _logits(weights: Weights, images: np.ndarray) -> np.ndarray:
    first, first_intercepts, second, second_intercepts, hidden, hidden_intercepts, last, last_intercepts = weights
    seen = _halved(_relu(_convolved(np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2))), first, first_intercepts)))
    seen = _halved(_relu(_convolved(seen, second, second_intercepts)))
    values = _relu(seen.reshape(len(images), -1) @ hidden.T + hidden_intercepts)
    return values @ last.T + last_intercepts


def _convolved(images: np.ndarray, kernels: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
    windows = sliding_window_view(images, kernels.shape[2:], axis=(2, 3))
    return np.moveaxis(np.tensordot(windows, kernels, ((1, 4, 5), (1, 2, 3))), -1, 1) + intercepts[:, None, None]


def _halved(images: np.ndarray) -> np.ndarray:
    """Return the maximum of each window of 2x2 pixels."""
    count, channels, height, width = images.shape
    return images.reshape(count, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def _relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0)


def accuracy(weights: Weights, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images that a network recognises."""
    return float((logits(weights, images).argmax(axis=1) == labels).mean())


def digits(
    mnist: datasets.Stored | None, each: int, random: np.random.Generator, kinds: range = range(10)
) -> tuple[np.ndarray, np.ndarray]:
    """Return this many images of each of these digits, mixed: float32 (N, 1, 28, 28) in [0, 1], and int64 (N,).

    They come from MNIST's test images, on which no network here was trained, or are drawn if MNIST is not here.
    """
    images, labels = mnist.load("test") if mnist else datasets.drawn.digits(10 * each, int(random.integers(2**31)))
    chosen = np.concatenate([random.permutation(np.flatnonzero(labels == digit))[:each] for digit in kinds])
    chosen = random.permutation(chosen)
    return images[chosen].astype(np.float32) / 255, labels[chosen].astype(np.int64)


def source(mnist: datasets.Stored | None) -> str:
    """Say where the digits come from."""
    return "MNIST's test images" if mnist else "digits drawn by convgrade, since MNIST is not here"


def moved(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return images moved by whole pixels; what comes in is black."""
    height, width = images.shape[-2:]
    padded = np.pad(images, ((0, 0), (0, 0), (abs(down),) * 2, (abs(right),) * 2))
    return padded[..., abs(down) - down :, abs(right) - right :][..., :height, :width]
