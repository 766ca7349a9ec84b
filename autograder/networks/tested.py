"""A network whose submitted weights are asked about the test images of a data set."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from autograder import datasets
from autograder.config import require_bounds
from autograder.datasets.forms import NotOfficial
from autograder.networks import causes, diagnostics, metrics, views
from autograder.networks.classifier import TRAIN_SECONDS, Budget, Classifier
from autograder.part import CheckFailed
from common.errors import UserError

TRAIN_IMAGES, HELD_OUT_IMAGES, EPOCHS = 1_000, 400, 10  # drawn ones, where the data set is not
ASKED_WHY, CLEARLY_MORE = 125, 0.15  # images asked in other scales, and by how much more accuracy in one explains a low one


@dataclass(frozen=True)
class Tested(Budget):
    """How much a network may cost, and what it is asked. Raises ValueError for what cannot be meant."""

    test_images: int = 2_000
    views_of_each: int = 1  # more of them leave less to luck
    robustness_images: int = 300

    def __post_init__(self):
        super().__post_init__()
        counts: dict[str, float] = {"test_images": self.test_images, "views_of_each": self.views_of_each}
        require_bounds(counts, 1, 1e12, "more than 0")
        require_bounds({"robustness_images": self.robustness_images}, 0.0, 1e9, "0 or more")


@dataclass(frozen=True)
class Measured:
    """What a network with the submitted weights has answered."""

    logits: np.ndarray
    labels: np.ndarray
    images: str  # which they were, in words
    classes: tuple[str, ...]
    which: str  # network: "submitted" or "trained"
    asked: np.ndarray  # the first of the images themselves

    @property
    def accuracy(self) -> float:
        """The share of images that the network recognises."""
        return metrics.accuracy(self.logits, self.labels)

    @property
    def mistakes(self) -> int:
        """How many images it does not."""
        return int((self.logits.argmax(axis=1) != self.labels).sum())


class TestedClassifier(Classifier):
    """A part that is judged by what its submitted weights say about test images. Its settings are Tested, and more."""

    data_set: ClassVar[str]  # as `datasets.find` knows it
    flips: ClassVar[bool] = True  # whether an image still shows the same as a mirror image
    seen: ClassVar[str] = "flipped, moved and lit at random"  # how the views are, in words
    class_names: ClassVar[tuple[str, ...]]
    drawn_class_names: ClassVar[tuple[str, ...]]

    def measured(self) -> Measured:
        """Return what the submitted network answers; for all checks the same answers, or the same failure."""
        kept = self.grading.kept
        if "measured" not in kept and "not measured" not in kept:
            try:
                kept["measured"] = self._measure()
            except CheckFailed as failed:
                kept["not measured"] = failed
        if "not measured" in kept:
            raise kept["not measured"]
        return kept["measured"]

    def why_so_low(self, measured: Measured) -> str | None:
        """Say why an accuracy is as low as it was measured, where that can be seen; None where it cannot."""
        labels = measured.labels[: len(measured.asked)]
        known = metrics.accuracy(measured.logits[: len(labels)], labels)
        return causes.other_pixel_values(self, measured.which, (measured.asked, labels), known + CLEARLY_MORE)

    def measured_before(self) -> Measured | None:
        """Return what a check has measured on the real test images; None if none has."""
        measured = self.grading.kept.get("measured")
        return measured if measured and measured.classes == self.class_names else None

    @property
    def title(self) -> str:
        """What the data set is called."""
        return datasets.DATASETS[self.data_set].title

    def views(self, images: np.ndarray, purpose: str) -> np.ndarray:
        """Return a view of each image that stands in no table."""
        return views.draw(images, self.secret(purpose))

    def _measure(self) -> Measured:
        self.load_weights()
        stored = self.stored(self.data_set)
        return self._measure_on_test_images(stored) if stored else self._measure_after_training()

    def _measure_on_test_images(self, stored: Any) -> Measured:
        training = datasets.find(self.data_set, "train")
        if self.grading.retraining and not training:
            raise UserError(f"to train anew needs {self.title}'s training images: `{self._fetch}` brings them")
        images, labels = self._loaded(stored)
        chosen = self.secret("images").permutation(len(images))[: self.settings.test_images]
        images, labels = images[chosen], labels[chosen]
        count = self.settings.views_of_each
        asked, asked_labels = self.views(np.repeat(images, count, axis=0), "views"), np.repeat(labels, count)
        logits, seconds_per_image = self.logits_of_submitted(asked)
        words = f"{len(images):,} test images of {self.title}, {self.seen}"
        words += f", {count} views of each" if count > 1 else ""
        measured = Measured(logits, asked_labels, words, self.class_names, "submitted", asked[:ASKED_WHY])
        diagnostics.robustness(self, images[: self.settings.robustness_images], labels, seconds_per_image)
        if training:
            diagnostics.training_images(self, training, measured.accuracy)
        if training and self.grading.retraining:
            diagnostics.training_anew(self, self.grading.retraining, training, asked, asked_labels, measured.accuracy)
        return measured

    def _measure_after_training(self) -> Measured:
        """Train a new model on drawn images and ask it about others."""
        if self.grading.retraining:
            raise UserError(f"to train anew needs {self.title}, which is not on this machine: `{self._fetch}` brings it")
        self.train(*self.drawn(TRAIN_IMAGES, "to train with"), self.affordable(EPOCHS, TRAIN_IMAGES), TRAIN_SECONDS)
        images, labels = self.drawn(HELD_OUT_IMAGES, "held out")
        words = f"{HELD_OUT_IMAGES} drawn images ({self.title} is not here)"
        logits = self.logits_in_batches("trained", images)
        return Measured(logits, labels, words, self.drawn_class_names, "trained", images[:ASKED_WHY])

    def _loaded(self, stored: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the test images and labels; raise UserError, with the command that mends it, for a damaged data set."""
        try:
            return stored.load("test")
        except NotOfficial as error:
            students = f"python check.pyz data fetch {self.data_set}"
            raise UserError(
                f"{error}; `{self._fetch}` (students: `{students}`) brings {self.title} into this folder"
            ) from None

    @property
    def _fetch(self) -> str:
        return f"convgrade data fetch {self.data_set}"
