"""The images of part 4: where they are on this machine, and a small set that the package draws.

    stored = datasets.find("cifar10", "train")  # None where there are no training images
    images, labels = stored.load("train")

Nothing here downloads: that is `fetch`, which only `convgrade data fetch` calls.
"""

from autograder.datasets import drawn
from autograder.datasets.known import DATASETS
from autograder.datasets.places import VARIABLE, Stored, advice, find, here, titles

__all__ = ["DATASETS", "VARIABLE", "Stored", "advice", "drawn", "find", "here", "titles"]
