"""Parts whose work is a network in PyTorch that classifies images: how checks talk to it, and what it must do."""

from autograder.networks import augmentations, metrics
from autograder.networks.classifier import TRAIN_SECONDS, Bonus, Budget, Classifier, share
from autograder.networks.evaluation import Measured, Tested, TestedClassifier
from autograder.networks.part import MOST_SOURCE, NetworkPart, Size

__all__ = [
    "MOST_SOURCE",
    "TRAIN_SECONDS",
    "Bonus",
    "Budget",
    "Classifier",
    "Measured",
    "NetworkPart",
    "Size",
    "Tested",
    "TestedClassifier",
    "augmentations",
    "metrics",
    "share",
]
