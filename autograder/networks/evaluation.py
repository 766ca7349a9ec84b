"""Networks whose submitted weights are evaluated on the test images of a data set."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from autograder import datasets
from autograder.config import require_bounds
from autograder.datasets import Stored
from autograder.datasets.layouts import NotOfficial, Split
from autograder.networks import augmentations, causes, diagnostics, metrics
from autograder.networks.augmentations import Images
from autograder.networks.classifier import TRAIN_SECONDS, Budget, Classifier
from autograder.networks.metrics import Labels, Logits
from autograder.part import CheckFailed
from common.errors import UserError

TRAIN_IMAGES, HELD_OUT_IMAGES, EPOCHS = 1_000, 400, 10  # drawn images, where the data set is missing
ASKED_WHY, CLEARLY_MORE = 125, 0.15  # images tried with other pixel values; a gain in accuracy that explains a low one


@dataclass(frozen=True)
class Tested(Budget):
    """How much a network may cost, and how it is evaluated. Raises ValueError for impossible values."""

    test_images: int = 2_000
    views_of_each: int = 1  # the more, the less depends on luck
    robustness_images: int = 300

    def __post_init__(self) -> None:
        super().__post_init__()
        counts: dict[str, float] = {"test_images": self.test_images, "views_of_each": self.views_of_each}
        require_bounds(counts, 1, 1e12, "more than 0")
        require_bounds({"robustness_images": self.robustness_images}, 0.0, 1e9, "0 or more")


@dataclass(frozen=True)
class Measured:
    """The logits of the evaluated network, and the images they are about."""

    logits: Logits
    labels: Labels
    images: str  # which images these are, in words
    classes: tuple[str, ...]
    which: str  # the network: "submitted" or "trained"
    asked: Images  # the first of the images

    @property
    def accuracy(self) -> float:
        """The share of images classified correctly."""
        return metrics.accuracy(self.logits, self.labels)

    @property
    def mistakes(self) -> int:
        """The number of images classified wrongly."""
        return int((self.logits.argmax(axis=1) != self.labels).sum())


class TestedClassifier(Classifier):
    """A part whose submitted weights are evaluated on test images. Its settings are Tested, or a subclass of that."""

    data_set: ClassVar[str]  # as `datasets.find` knows it
    flips: ClassVar[bool] = True  # whether a mirror image still shows the same
    seen: ClassVar[str] = "flipped, moved and lit at random"  # how the views are, in words
    class_names: ClassVar[tuple[str, ...]]
    drawn_class_names: ClassVar[tuple[str, ...]]

    def measured(self) -> Measured:
        """Evaluate the submitted network once, for all checks: they get the same result, or the same failure."""
        kept = self.grading.kept
        if "measured" not in kept and "not measured" not in kept:
            try:
                kept["measured"] = self._measure()
            except CheckFailed as failed:
                kept["not measured"] = failed
        if "not measured" in kept:
            raise kept["not measured"]
        measured: Measured = kept["measured"]
        return measured

    def why_so_low(self, measured: Measured) -> str | None:
        """Say why the accuracy is so low, if a cause can be found; otherwise return None."""
        labels = measured.labels[: len(measured.asked)]
        known = metrics.accuracy(measured.logits[: len(labels)], labels)
        return causes.other_pixel_values(self, measured.which, (measured.asked, labels), known + CLEARLY_MORE)

    def measured_before(self) -> Measured | None:
        """Return the result on the real test images if a check has measured it; otherwise None."""
        measured = self.grading.kept.get("measured")
        return measured if measured and measured.classes == self.class_names else None

    @property
    def title(self) -> str:
        """The data set's name, as people write it."""
        return datasets.DATASETS[self.data_set].title

    def views(self, images: Images, purpose: str) -> Images:
        """Return a view of each image that no lookup table can contain."""
        return augmentations.draw(images, self.secret(purpose))

    def _measure(self) -> Measured:
        self.load_weights()
        stored = self.stored(self.data_set)
        return self._measure_on_test_images(stored) if stored else self._measure_after_training()

    def _measure_on_test_images(self, stored: Stored) -> Measured:
        training = datasets.find(self.data_set, "train")
        if self.grading.retraining and not training:
            raise UserError(f"--retrain needs {self.title}'s training images; run `{self._fetch}`")
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
            diagnostics.retrain(self, self.grading.retraining, training, (asked, asked_labels), measured.accuracy)
        return measured

    def _measure_after_training(self) -> Measured:
        """Train a new model on drawn images and evaluate it on others."""
        if self.grading.retraining:
            raise UserError(f"--retrain needs {self.title}, which is not on this machine; run `{self._fetch}`")
        self.train(*self.drawn(TRAIN_IMAGES, "to train with"), self.affordable(EPOCHS, TRAIN_IMAGES), TRAIN_SECONDS)
        images, labels = self.drawn(HELD_OUT_IMAGES, "held out")
        words = f"{HELD_OUT_IMAGES} drawn images ({self.title} is not on this machine)"
        logits = self.logits_in_batches("trained", images)
        return Measured(logits, labels, words, self.drawn_class_names, "trained", images[:ASKED_WHY])

    def _loaded(self, stored: Stored) -> Split:
        """Return the test images and labels; for a damaged data set, raise UserError with the command that repairs it."""
        try:
            return stored.load("test")
        except NotOfficial as error:
            students = f"python check.pyz data fetch {self.data_set}"
            raise UserError(
                f"{error}; `{self._fetch}` (students: `{students}`) fetches {self.title} into this folder"
            ) from None

    @property
    def _fetch(self) -> str:
        return f"convgrade data fetch {self.data_set}"
