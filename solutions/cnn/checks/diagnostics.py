"""What the report tells of a network beside its grade, for information: nothing here gives or costs a point."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.authoring import Chart, CheckFailed, Retraining, Verdict
from autograder.networks import MOST_SOURCE, NetworkPart, metrics, views

COMPARED_IMAGES = 500  # of those that the network may have trained with
LARGE_GAP, LEAST_SUSPECT = 0.10, 0.80  # accuracies

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
UNCHANGED = "as they are"
# A network that has learned what the images show, not the images, knows these as well.
HARMLESS: dict[str, Change] = {
    "shifted by 1 pixel": lambda images, random: views.shifted(images, 1, random),
    "shifted by 2 pixels": lambda images, random: views.shifted(images, 2, random),
    "flipped left to right": lambda images, random: views.flipped(images),
}
CHANGES: dict[str, Change] = {
    UNCHANGED: lambda images, random: images,
    **HARMLESS,
    "shifted by 3 pixels": lambda images, random: views.shifted(images, 3, random),
    "shifted by 4 pixels": lambda images, random: views.shifted(images, 4, random),
    "upside down": lambda images, random: views.upside_down(images),
    "with noise": lambda images, random: views.noisy(images, 40, random),
    "darker": lambda images, random: views.in_light(images, 0.6),
    "brighter": lambda images, random: views.in_light(images, 1.4),
}


def robustness(part: NetworkPart, images: np.ndarray, labels: np.ndarray, seconds_per_image: float) -> None:
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
    fresh = float(np.mean([accuracies[name] for name in HARMLESS]))
    gap = accuracies[UNCHANGED] - fresh
    part.notes.append(
        f"Of {len(images)} of them, just as they are published, it recognises {accuracies[UNCHANGED]:.1%}; of the same "
        f"ones shifted by 1 or 2 pixels or flipped, anew for each submission, {fresh:.1%}."
    )
    if gap > LARGE_GAP and accuracies[UNCHANGED] > LEAST_SUSPECT:
        part.grading.remark(
            f"The network knows CIFAR-10's public test images much better ({gap:.0%}) than the same images shifted "
            "by a pixel or two or flipped. One that was trained with them looks like that; so does one that was "
            "trained without any shifts and flips. `convgrade grade --retrain EPOCHS` tells which."
        )


def training_images(part: NetworkPart, stored: Any) -> None:
    """Report the accuracy on images that the network was meant to train with, for information."""
    images, labels = stored.load("train")
    chosen = part.secret("training images").permutation(len(images))[:COMPARED_IMAGES]
    try:
        logits = part.logits_in_batches("submitted", views.draw(images[chosen], part.secret("training views")))
    except CheckFailed:
        return
    trained = metrics.accuracy(logits, labels[chosen])
    part.notes.append(f"Of {COMPARED_IMAGES} images of the training set, changed alike, it recognises {trained:.1%}.")


def training_anew(
    part: NetworkPart,
    retraining: Retraining,
    stored: Any,
    asked: np.ndarray,
    labels: np.ndarray,
    accuracy: float,
) -> None:
    """Train a new model by the submission's own `train` on CIFAR-10, and report its accuracy beside the weights'.

    The submission's source files are all that this training can read: neither weights nor a table can help it.
    """
    epochs, seconds = retraining.epochs, retraining.seconds
    if (size := part.bytes_of_sources()) > MOST_SOURCE:
        part.grading.remark(
            f"The network was not trained anew: the .py files have {size / 1e3:.1f} kB, more than the "
            f"{MOST_SOURCE / 1e3:g} that leave no room for a table."
        )
        return
    started = time.monotonic()
    try:
        with part.with_sources_alone():
            part.train(*stored.load("train"), epochs=epochs, seconds=seconds)
            logits = part.logits_in_batches("trained", asked)
    except CheckFailed as failed:
        ended = failed.failure.verdict is not Verdict.TIMED_OUT
        why = failed.failure.sentence if ended else f"it did not end within {seconds / 60:g} minutes of processor time."
        part.grading.remark(f"Training anew for {epochs} epochs gave no network to compare with: {why}")
        return
    minutes = (time.monotonic() - started) / 60
    anew = metrics.accuracy(logits, labels)
    part.grading.remark(
        f"Trained anew by its own train, {epochs} epochs in {minutes:.1f} minutes: {anew:.1%} on the same test "
        f"images; the submitted weights {accuracy:.1%}."
    )
