"""Why a network has learned so little. Each cause is tried out before a student hears of it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from autograder.networks import metrics
from autograder.networks.augmentations import Images
from autograder.networks.metrics import Labels
from autograder.networks.part import Normalisation
from autograder.networks.training import Training
from autograder.part import CheckFailed

if TYPE_CHECKING:
    from autograder.networks.classifier import Classifier

# Factors on the learning rate: for weights that have moved by less than this share of their norm, and for all others.
LITTLE, FACTORS_FOR_LITTLE, OTHER_FACTORS = 0.01, (10.0, 100.0, 1_000.0, 10_000.0), (0.1, 0.01, 0.001, 10.0)
OFTEN = 20  # how many times a training must fit into the time that is left before others are tried

Labelled = tuple[Images, Labels]


def other_pixel_values(part: "Classifier", which: str, asked: Labelled, least: float) -> str | None:
    """Say that a network was trained with other pixel values than it is graded with; None if nothing shows that.

    What shows it: with such values, the network recognises at least this share of the images.
    """
    images, labels = asked
    known: dict[str, float] = {}
    for values, normalised in _usual_values(images).items():
        with suppress(CheckFailed):
            known[values] = metrics.accuracy(part.logits(which, images, normalised=normalised), labels)
    values = max(known, key=lambda values: known[values], default="")
    if not values or known[values] < least:
        return None
    return (
        f"With pixel values {values}, the network recognises {known[values]:.0%} of the same images: it was trained with "
        "such values, but is graded with values from 0 to 1. Normalise images inside the model, at the start of forward, "
        "not in train."
    )


def _usual_values(images: Images) -> Mapping[str, Normalisation]:
    """Return the usual ways to normalise pixels from 0 to 1: what is subtracted from them, and what divides them."""
    pixels = images / 255
    of_channels = [statistic(axis=(0, 2, 3)) for statistic in (pixels.mean, pixels.std)]
    return {
        "of mean 0 and standard deviation 1": (of_channels[0].tolist(), (of_channels[1] + 1e-6).tolist()),
        "from -1 to 1": (0.5, 0.5),
        "from 0 to 255": (0.0, 1 / 255),
        "inverted, with 1 for black and 0 for white,": (1.0, -1.0),
    }


def other_learning_rate(
    part: "Classifier", before: Training, seconds: float, images: Labelled, asked: Labelled
) -> str | None:
    """Say that `train` fits a few images with another learning rate; None if none helps, or if it is too slow to try.

    seconds: of processor time, that the previous training took.
    """
    if OFTEN * seconds > part.seconds_left():
        return None
    for factor in FACTORS_FOR_LITTLE if before.moved < LITTLE else OTHER_FACTORS:
        with suppress(CheckFailed):
            part.train(*images, len(before.history), 2 * seconds + 1, factor)
            known = max(metrics.accuracy(logits, asked[1]) for logits in part.in_both_modes("trained", asked[0]))
            if known >= part.well_fitted:
                how, what = (f"{factor:,g} times", "small") if factor > 1 else (f"1/{1 / factor:g} of", "large")
                return f"With {how} its learning rate it recognises {known:.0%}: the learning rate is too {what}."
    return None
