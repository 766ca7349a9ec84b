"""Data sets: find them on this machine, or draw a small one.

    stored = datasets.find("cifar10", "train")  # None without training images
    images, labels = stored.load("train")

Nothing here downloads; only `convgrade data fetch` does, with fetch.py.
"""

from autograder.datasets import drawn
from autograder.datasets.paths import VARIABLE, Stored, advice, find, here, titles
from autograder.datasets.registry import DATASETS

__all__ = ["DATASETS", "VARIABLE", "Stored", "advice", "drawn", "find", "here", "titles"]
