"""Why a network knows so little: causes that are tried out before a student is told of one."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.networks import metrics
from autograder.networks.training import Training
from autograder.part import CheckFailed

if TYPE_CHECKING:
    from autograder.networks.classifier import Classifier

# Factors on the learning rate: those for weights that have moved by less than this share of themselves, and for others.
LITTLE, FACTORS_FOR_LITTLE, OTHER_FACTORS = 0.01, (10.0, 100.0, 1_000.0, 10_000.0), (0.1, 0.01, 0.001, 10.0)
OFTEN = 20  # times a training has to fit into the time that is left, to be tried again and again

Labelled = tuple[np.ndarray, np.ndarray]  # images and their labels


def other_pixel_values(part: "Classifier", which: str, asked: Labelled, least: float) -> str | None:
    """Say that a network was trained with other pixel values than it is graded with; None if that does not show.

    It shows where a network recognises at least this share of images whose values were changed alike.
    """
    images, labels = asked
    known: dict[str, float] = {}
    for values, (mean, deviation) in _usual_values(images).items():
        with suppress(CheckFailed):
            known[values] = metrics.accuracy(part.logits(which, images, mean=mean, deviation=deviation), labels)
    values = max(known, key=lambda values: known[values], default="")
    if not values or known[values] < least:
        return None
    return (
        f"With pixel values {values}, the network recognises {known[values]:.0%} of the same images: it was trained with "
        "such values, but is graded with values from 0 to 1. Normalise images inside the model, at the start of its "
        "forward, not in train."
    )


def _usual_values(images: np.ndarray) -> Mapping[str, tuple[Any, Any]]:
    """Return what is often subtracted from pixels from 0 to 1, and what they are divided by, for each way to do it."""
    pixels = images / 255
    of_channels = [statistic(axis=(0, 2, 3)) for statistic in (pixels.mean, pixels.std)]
    return {
        "of mean 0 and standard deviation 1": (of_channels[0].tolist(), (of_channels[1] + 1e-6).tolist()),
        "from -1 to 1": (0.5, 0.5),
        "from 0 to 255": (0.0, 1 / 255),
        "inverted, with 1 for black and 0 for white,": (1.0, -1.0),
    }


def other_learning_rate(
    part: "Classifier", before: Training, seconds: float, given: Labelled, asked: Labelled
) -> str | None:
    """Say that `train` teaches a few images at another learning rate; None if it does at none, or is too slow to be tried.

    seconds: of processor time, which the training before took.
    """
    if OFTEN * seconds > part.seconds_left():
        return None
    for factor in FACTORS_FOR_LITTLE if before.moved < LITTLE else OTHER_FACTORS:
        with suppress(CheckFailed):
            part.train(*given, len(before.history), 2 * seconds + 1, factor)
            known = max(metrics.accuracy(logits, asked[1]) for logits in part.in_both_modes("trained", asked[0]))
            if known >= part.by_heart:
                how, what = (f"{factor:,g} times", "small") if factor > 1 else (f"1/{1 / factor:g} of", "large")
                return f"With {how} its learning rate it recognises {known:.0%}: the learning rate is too {what}."
    return None
