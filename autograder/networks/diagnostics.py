"""What the report tells of a network beside its grade, for information: nothing here gives or costs a point."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.feedback import Chart
from autograder.networks import metrics, views
from autograder.networks.part import MOST_SOURCE
from autograder.part import CheckFailed, Retraining
from autograder.verdicts import Verdict

if TYPE_CHECKING:
    from autograder.networks.tested import TestedClassifier

COMPARED_IMAGES = 500  # of those that the network may have trained with
LARGE_GAP, LEAST_SUSPECT = 0.10, 0.80  # accuracies
UNLIKELY = 1e-6  # the chance of so many mistakes on training images, if these are known as well as test images

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
UNCHANGED = "as they are"
# A network that has learned what the images show, not the images, knows these as well; FLIPPED where flips do no harm.
SHIFTED: dict[str, Change] = {
    "shifted by 1 pixel": lambda images, random: views.shifted(images, 1, random),
    "shifted by 2 pixels": lambda images, random: views.shifted(images, 2, random),
}
FLIPPED = "flipped left to right"
CHANGES: dict[str, Change] = {
    UNCHANGED: lambda images, random: images,
    **SHIFTED,
    FLIPPED: lambda images, random: views.flipped(images),
    "shifted by 3 pixels": lambda images, random: views.shifted(images, 3, random),
    "shifted by 4 pixels": lambda images, random: views.shifted(images, 4, random),
    "upside down": lambda images, random: views.upside_down(images),
    "with noise": lambda images, random: views.noisy(images, 40, random),
    "darker": lambda images, random: views.in_light(images, 0.6),
    "brighter": lambda images, random: views.in_light(images, 1.4),
}


def robustness(part: "TestedClassifier", images: np.ndarray, labels: np.ndarray, seconds_per_image: float) -> None:
    """Draw, for information, how well the network knows the same images after small changes."""
    if not len(images):
        return
    if len(CHANGES) * len(images) * seconds_per_image > part.seconds_left() / 2:
        part.notes.append("How robust the network is was not measured: it is too slow for that.")
        return
    random = part.secret("changes")
    try:
        accuracies = {
            name: metrics.accuracy(part.logits_in_batches("submitted", change(images, random)), labels[: len(images)])
            for name, change in CHANGES.items()
        }
    except CheckFailed as failed:
        part.notes.append(f"How robust the network is was not measured: {failed.failure.sentence}")
        return
    part.charts.append(Chart(f"Accuracy on {len(images)} test images, changed", list(accuracies.items())))
    harmless = [*SHIFTED, FLIPPED] if part.flips else [*SHIFTED]
    fresh = float(np.mean([accuracies[name] for name in harmless]))
    how = f"shifted by 1 or 2 pixels{' or flipped' if part.flips else ''}"
    gap = accuracies[UNCHANGED] - fresh
    part.notes.append(
        f"Of {len(images)} of them, just as they are published, it recognises {accuracies[UNCHANGED]:.1%}; of the same "
        f"ones {how}, differently for each submission, {fresh:.1%}."
    )
    if gap > LARGE_GAP and accuracies[UNCHANGED] > LEAST_SUSPECT:
        part.grading.remark(
            f"The network knows {part.title}'s public test images much better ({gap:.0%}) than the same images {how}. "
            "One that was trained with them looks like that; so does one that was trained with images as they are, never "
            "changed. `convgrade grade --retrain EPOCHS` tells which."
        )


def training_images(part: "TestedClassifier", stored: Any, accuracy: float) -> None:
    """Report the accuracy on images that the network was meant to train with, for information.

    accuracy: on views of the test images. A network that has learned from the training images knows these at least as well.
    """
    images, labels = stored.load("train")
    chosen = part.secret("training images").permutation(len(images))[:COMPARED_IMAGES]
    try:
        logits = part.logits_in_batches("submitted", part.views(images[chosen], "training views"))
    except CheckFailed:
        return
    trained = metrics.accuracy(logits, labels[chosen])
    part.notes.append(f"Of {COMPARED_IMAGES} images of the training set, changed alike, it recognises {trained:.1%}.")
    mistakes = round(COMPARED_IMAGES * (1 - trained))
    if _chance_of(mistakes, COMPARED_IMAGES, max(1 - accuracy, 1 / COMPARED_IMAGES)) < UNLIKELY:
        part.grading.remark(
            f"The network knows {part.title}'s public test images ({accuracy:.1%}) better than images of the training set "
            f"({trained:.1%}). One that was trained with the test images looks like that. "
            "`convgrade grade --retrain EPOCHS` tells more."
        )


def _chance_of(mistakes: int, images: int, rate: float) -> float:
    """Return the chance of at least so many mistakes, each image being mistaken at this rate."""
    return sum(math.comb(images, k) * rate**k * (1 - rate) ** (images - k) for k in range(mistakes, images + 1))


def training_anew(
    part: "TestedClassifier",
    retraining: Retraining,
    stored: Any,
    asked: np.ndarray,
    asked_labels: np.ndarray,
    accuracy: float,
) -> None:
    """Train a new model by the submission's own `train` on the real images, and report its accuracy beside the weights'.

    The submission's source files are all that this training can read: neither weights nor a table can help it.
    """
    epochs, seconds = retraining.epochs, retraining.seconds
    if (size := part.bytes_of_sources()) > MOST_SOURCE:
        part.grading.remark(
            f"The network was not trained anew: the .py files have {size / 1e3:.1f} kB, more than the "
            f"{MOST_SOURCE / 1e3:g} that leave no room for a table."
        )
        return
    images, labels = stored.load("train")
    started = time.monotonic()
    try:
        with part.with_sources_alone():
            part.train(images, labels, epochs, seconds)
            logits = part.logits_in_batches("trained", asked)
    except CheckFailed as failed:
        ended = failed.failure.verdict is not Verdict.TIMED_OUT
        why = failed.failure.sentence if ended else f"it did not end within {seconds / 60:g} minutes of processor time."
        part.grading.remark(f"Training anew for {epochs} epochs gave no network to compare with: {why}")
        return
    minutes = (time.monotonic() - started) / 60
    anew = metrics.accuracy(logits, asked_labels)
    part.grading.remark(
        f"Trained anew by its own train, {epochs} epochs in {minutes:.1f} minutes: {anew:.1%} on the same test "
        f"images; the submitted weights {accuracy:.1%}."
    )
