"""What the report says about a network besides its grade. Nothing here gives or costs a point."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from autograder.datasets import Stored
from autograder.feedback import Chart
from autograder.networks import augmentations, metrics
from autograder.networks.augmentations import Images
from autograder.networks.causes import Labelled
from autograder.networks.metrics import Labels
from autograder.networks.part import MOST_SOURCE
from autograder.part import CheckFailed, Retraining
from autograder.verdicts import Verdict

if TYPE_CHECKING:
    from autograder.networks.evaluation import TestedClassifier

COMPARED_IMAGES = 500  # of the training set
LARGE_GAP, LEAST_SUSPECT = 0.10, 0.80  # accuracies
UNLIKELY = 1e-6  # the probability of so many mistakes on training images if it knew them as well as test images

Change = Callable[[Images, np.random.Generator], Images]
UNCHANGED = "as they are"
# A network that has learned what the images show, not the images themselves, knows these as well; and FLIPPED where
# flips do no harm.
SHIFTED: dict[str, Change] = {
    "shifted by 1 pixel": lambda images, random: augmentations.shifted(images, 1, random),
    "shifted by 2 pixels": lambda images, random: augmentations.shifted(images, 2, random),
}
FLIPPED = "flipped left to right"
CHANGES: dict[str, Change] = {
    UNCHANGED: lambda images, random: images,
    **SHIFTED,
    FLIPPED: lambda images, random: augmentations.flipped(images),
    "shifted by 3 pixels": lambda images, random: augmentations.shifted(images, 3, random),
    "shifted by 4 pixels": lambda images, random: augmentations.shifted(images, 4, random),
    "upside down": lambda images, random: augmentations.upside_down(images),
    "with noise": lambda images, random: augmentations.noisy(images, 40, random),
    "darker": lambda images, random: augmentations.in_light(images, 0.6),
    "brighter": lambda images, random: augmentations.in_light(images, 1.4),
}


def robustness(part: "TestedClassifier", images: Images, labels: Labels, seconds_per_image: float) -> None:
    """Chart how well the network knows the same images after small changes (not graded)."""
    if not len(images):
        return
    if len(CHANGES) * len(images) * seconds_per_image > part.seconds_left() / 2:
        part.notes.append("The network's robustness was not measured: the network is too slow for that.")
        return
    random = part.secret("changes")
    try:
        accuracies = {
            name: metrics.accuracy(part.logits_in_batches("submitted", change(images, random)), labels[: len(images)])
            for name, change in CHANGES.items()
        }
    except CheckFailed as failed:
        part.notes.append(f"The network's robustness was not measured: {failed.failure.sentence}")
        return
    part.charts.append(Chart(f"Accuracy on {len(images)} test images, changed", list(accuracies.items())))
    harmless = [*SHIFTED, FLIPPED] if part.flips else [*SHIFTED]
    fresh = float(np.mean([accuracies[name] for name in harmless]))
    how = f"shifted by 1 or 2 pixels{' or flipped' if part.flips else ''}"
    gap = accuracies[UNCHANGED] - fresh
    part.notes.append(
        f"It recognises {accuracies[UNCHANGED]:.1%} of {len(images)} of them exactly as published, and {fresh:.1%} of the "
        f"same images {how}, differently for each submission."
    )
    if gap > LARGE_GAP and accuracies[UNCHANGED] > LEAST_SUSPECT:
        part.grading.remark(
            f"The network knows {part.title}'s public test images much better ({gap:.0%}) than the same images {how}. "
            "That happens if it was trained with them, but also if it was trained without augmentation, on unchanged "
            "images. `convgrade grade --retrain EPOCHS` shows which."
        )


def training_images(part: "TestedClassifier", stored: Stored, accuracy: float) -> None:
    """Report training-set accuracy (not graded).

    accuracy: on views of the test images. A network that has learned from the training images knows them at least as well.
    """
    images, labels = stored.load("train")
    chosen = part.secret("training images").permutation(len(images))[:COMPARED_IMAGES]
    try:
        logits = part.logits_in_batches("submitted", part.views(images[chosen], "training views"))
    except CheckFailed:
        return
    trained = metrics.accuracy(logits, labels[chosen])
    part.notes.append(f"Of {COMPARED_IMAGES} training images, changed in the same way, it recognises {trained:.1%}.")
    mistakes = round(COMPARED_IMAGES * (1 - trained))
    if _chance_of(mistakes, COMPARED_IMAGES, max(1 - accuracy, 1 / COMPARED_IMAGES)) < UNLIKELY:
        part.grading.remark(
            f"The network knows {part.title}'s public test images ({accuracy:.1%}) better than images of the training set "
            f"({trained:.1%}). That happens if it was trained with the test images. "
            "`convgrade grade --retrain EPOCHS` shows more."
        )


def _chance_of(mistakes: int, images: int, rate: float) -> float:
    """Return the probability of at least this many mistakes at this error rate."""
    return sum(math.comb(images, k) * rate**k * (1 - rate) ** (images - k) for k in range(mistakes, images + 1))


def retrain(part: "TestedClassifier", retraining: Retraining, stored: Stored, asked: Labelled, accuracy: float) -> None:
    """Train a new model on the real images with the submission's own `train`, and report its accuracy.

    accuracy: of the submitted weights, to compare with. The training can read only the submission's source files: neither
    weights nor a table can help it.
    """
    epochs, seconds = retraining.epochs, retraining.seconds
    if (size := part.bytes_of_sources()) > MOST_SOURCE:
        part.grading.remark(
            f"The network was not retrained: the .py files have {size / 1e3:.1f} kB, and more than "
            f"{MOST_SOURCE / 1e3:g} kB leave room for a lookup table."
        )
        return
    images, labels = stored.load("train")
    started = time.monotonic()
    try:
        with part.with_sources_alone():
            part.train(images, labels, epochs, seconds)
            logits = part.logits_in_batches("trained", asked[0])
    except CheckFailed as failed:
        ended = failed.failure.verdict is not Verdict.TIMED_OUT
        why = failed.failure.sentence if ended else f"it took more than {seconds / 60:g} minutes of processor time."
        part.grading.remark(f"Retraining for {epochs} epochs gave no network to compare with: {why}")
        return
    minutes = (time.monotonic() - started) / 60
    retrained = metrics.accuracy(logits, asked[1])
    part.grading.remark(
        f"Retrained with its own train, {epochs} epochs in {minutes:.1f} minutes: {retrained:.1%} on the same test images; "
        f"the submitted weights {accuracy:.1%}."
    )
