"""CIFAR-10 as one file of arrays, so that a student's code needs to open no pickle."""

from pathlib import Path

import numpy as np

from autograder.datasets import cifar10, download, drawn
from autograder.datasets.download import Progress
from autograder.verdicts import UserError

DRAWN_TRAIN, DRAWN_TEST = 2_000, 500


def write(out: Path, draw: bool, progress: Progress) -> None:
    """Write train_images, train_labels, test_images and test_labels, all uint8, to an .npz file.

    draw: take images that the package draws. Otherwise CIFAR-10 is read where it is found, and downloaded where it is not.
    Raises UserError when it can neither be found nor downloaded, or the file cannot be written.
    """
    if draw:
        train, test = drawn.draw(DRAWN_TRAIN, seed=3), drawn.draw(DRAWN_TEST, seed=4)
    else:
        folder = cifar10.find() or download.fetch(Path(cifar10.FOLDER), progress)
        train, test = cifar10.load_train(folder), cifar10.load_test(folder)
    try:
        np.savez(out, train_images=train[0], train_labels=train[1], test_images=test[0], test_labels=test[1])
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
