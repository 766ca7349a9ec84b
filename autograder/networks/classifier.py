"""What any network that classifies images must do: return sound logits, learn, and stay within its budget."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from autograder.config import require_bounds
from autograder.datasets import drawn
from autograder.networks import augmentations, causes, metrics
from autograder.networks.augmentations import Images
from autograder.networks.causes import Labelled
from autograder.networks.metrics import Logits
from autograder.networks.part import ASKED_AGAIN, IMAGES_PER_CALL, MOST_SOURCE, NetworkPart, Size
from autograder.part import CheckFailed
from autograder.verdicts import Verdict

BATCH = 10  # images that `train` must fit, one of each class
SHIFTED_COPIES = 2  # of each of them
# Multiply-adds of one training: minutes on half a processor. A network that costs more gets fewer epochs.
TRAINING, PASSES = 3 * 10**12, 3  # one pass forward, and two backward: for the layers' inputs and for their weights
TRAIN_SECONDS = 180.0
CLEARLY_MORE = 0.3  # gain in accuracy on the few images that shows a network wants other pixel values
LEAST_PROGRESS = 0.003  # in the loss: even a learning rate of 0.001 achieves that
MOST_COUNTED = 10**15


@dataclass(frozen=True)
class Budget:
    """How much a network may cost. Raises ValueError for impossible values."""

    most_parameters: int = 5_000_000
    most_multiply_adds: int = 500_000_000
    most_weights_mb: float = 25.0

    def __post_init__(self) -> None:
        positive = {name: getattr(self, name) for name in ("most_parameters", "most_multiply_adds", "most_weights_mb")}
        require_bounds(positive, 1e-3, 1e12, "more than 0")


@dataclass(frozen=True)
class Bonus:
    """Extra points for reaching an accuracy."""

    accuracy: float
    points: float


class Classifier(NetworkPart):
    """A part whose network classifies images. Its settings are a Budget, or a subclass of that."""

    # `train` must fit its few images within this many epochs, so that the network recognises this share of their copies.
    # The epochs are enough for the optimizer in PyTorch's own tutorial, a cautious one.
    batch_epochs: ClassVar[int] = 300
    well_fitted: ClassVar[float] = 0.8

    def setUp(self) -> None:
        """Fail at once unless the file is there and builds a model, before any images are drawn."""
        super().setUp()
        self.require_model()

    @staticmethod
    def draw_images(count: int, seed: int) -> Labelled:
        """Draw images of the kind that the network classifies, uint8 (count, C, H, W), and their labels, (count,)."""
        return drawn.draw(count, seed)

    def drawn(self, count: int, purpose: str) -> Labelled:
        """Return new images, drawn from the secret seed, and their labels."""
        return self.draw_images(count, int(self.secret(purpose).integers(2**31)))

    def require_sound_logits(self) -> None:
        """Fail unless the new network returns logits, and each depends only on its own image."""
        images, _ = self.drawn(64, "build_model")
        together = self.logits("new", images)
        if metrics.are_probabilities(together):
            self.fail_with(
                Verdict.WRONG,
                "The model returns probabilities: no number is below 0, and each image's numbers sum to 1. Return logits, "
                "without softmax: cross_entropy applies it, and a network learns badly if it is applied twice.",
            )
        self.require_determinism("new", images, together)
        few = ([0], [1], [2], [3], range(4, 11))
        for some in few:
            self.require_same("new", images[some], together[some], len(images))
        self.start_over()
        for some in few:
            self.require_same_elsewhere("new", images[some], together[some], len(images))

    def require_learning(self, set_score: Callable[[float], None]) -> None:
        """Fail unless `train` fits a new network to a small batch; give half the points if it learns at all."""
        set_score(0)
        images, labels = self.drawn(BATCH, "train")
        # A lookup table of the training images must not pass, so the network is asked about changed copies.
        random = self.secret("copies")
        copies = [images] + [augmentations.shifted(images, 1, random) for _ in range(SHIFTED_COPIES)]
        asked, asked_labels = augmentations.noisy(np.concatenate(copies), 6, random), np.tile(labels, len(copies))
        before = [metrics.loss_at_best_scale(logits, asked_labels) for logits in self.in_both_modes("new", asked)]
        epochs = self.affordable(self.batch_epochs, BATCH)
        left = self.seconds_left()
        training = self.train(images, labels, epochs, TRAIN_SECONDS)
        seconds = left - self.seconds_left()
        if training.moved == 0:
            self.fail_with(
                Verdict.WRONG,
                f"After train the model still has the weights that build_model gave it. {training.why_unmoved()}",
            )
        after = self.in_both_modes("trained", asked)
        losses = [metrics.loss_at_best_scale(logits, asked_labels) for logits in after]
        known = max(metrics.accuracy(logits, asked_labels) for logits in after)
        self.notes.append(
            f"{BATCH} drawn images, {epochs} epochs: the loss was {before[0]:.3f} before and {min(losses):.3f} after; "
            f"the network recognises {known:.0%} of their noisy and shifted copies."
        )
        learns = any(later < earlier - LEAST_PROGRESS for earlier, later in zip(before, losses))
        if learns and known >= self.well_fitted:
            set_score(self.check.points)
            return
        sentence = f"After {epochs} epochs of train on {BATCH} images the loss on them is not lower than before."
        if learns:
            set_score(self.check.points / 2)
            sentence = (
                f"The model learns, but after {epochs} epochs with {BATCH} images it recognises only {known:.0%} of their "
                "noisy copies, some of them shifted by a pixel. A network should fit so few images perfectly "
                f"({self.well_fitted:.0%} earn all points)."
            )
        last, measured = training.history[-1], min(losses)
        contradicts = last < measured / 2  # then the learning rate is not to blame
        if contradicts:
            sentence += f" The last loss in its history is {last:.3f}, but the measured loss is {measured:.3f}."
        hint = causes.other_pixel_values(self, "trained", (asked, asked_labels), known + CLEARLY_MORE)
        if training.steps_in_vain:
            hint = training.why_unmoved()
        elif not (hint or contradicts):
            hint = causes.other_learning_rate(self, training, seconds, (images, labels), (asked, asked_labels))
        unknown = " Does the loss compare each image's logits with its own label? Does a schedule end too early?"
        self.fail_with(Verdict.WRONG, sentence + ("" if hint else unknown), hint=hint)

    def in_both_modes(self, which: str, images: Images) -> list[Logits]:
        """Return a network's logits in evaluation mode and in training mode.

        After a few steps the running averages of batch normalisation lag behind, so either may show what it has learned.
        """
        return [self.logits(which, images, training) for training in (False, True)]

    def require_within_budget(self) -> None:
        """Fail unless the network, its files and the source code are within their limits, and the weights are there."""
        size, megabytes = self.size(), self.bytes_beside_sources() / 1e6
        others = f" and {size.others:,} numbers in other tensors" if size.others else ""
        self.notes.append(
            f"{size.parameters:,} parameters{others}, {size.multiply_adds:,} multiply-adds for one image, "
            f"{megabytes:.1f} MB of weights, {self.bytes_of_sources() / 1e3:.1f} kB of source files."
        )
        bounds = (
            ("parameters and other numbers" if others else "parameters", size.numbers, self.settings.most_parameters),
            ("multiply-adds for one image", size.multiply_adds, self.settings.most_multiply_adds),
        )
        for what, value, most in bounds:
            if value > most:
                self.fail_with(
                    Verdict.WRONG, f"The network has {value:,} {what}; at most {most:,} are allowed. Make it narrower."
                )
        if megabytes > self.settings.most_weights_mb:
            self.fail_with(
                Verdict.WRONG,
                f"The files beside your .py files have {megabytes:.1f} MB; at most {self.settings.most_weights_mb:g} MB "
                "are allowed. Leave out what the homework does not ask for, or make the network narrower.",
            )
        if self.bytes_of_sources() > MOST_SOURCE:
            self.fail_with(
                Verdict.WRONG,
                f"Your .py files have {self.bytes_of_sources() / 1e3:.1f} kB; at most {MOST_SOURCE / 1e3:g} kB are "
                f"allowed. Leave out what the homework does not ask for; weights belong in {self.weights[0]}.",
            )
        if not self.weights_file():
            self.fail_without_weights()

    def size(self) -> Size:
        """Return the network's size as the worker counts it. It may forge this; only the submission's bytes are certain."""
        if "size" not in self.grading.kept:
            images, _ = self.drawn(1, "count")
            counts = self.ask("count", images)
            are_numbers = isinstance(counts, tuple) and [type(value) for value in counts] == [int, int, int]
            if not are_numbers or not all(0 <= value < MOST_COUNTED for value in counts):
                self.fail_with(Verdict.WRONG, "The size of the network cannot be counted.")
            self.grading.kept["size"] = Size(*counts)
        size: Size = self.grading.kept["size"]
        return size

    def logits_of_submitted(self, images: Images) -> tuple[Logits, float]:
        """Return the logits of the network with the submitted weights, and the processor time for each image in seconds."""
        self.load_weights()
        before = self.seconds_left()
        logits = self.logits_in_batches("submitted", images)
        seconds_per_image = (before - self.seconds_left()) / len(images)
        self.start_over()
        self.load_weights()
        again = self.secret("asked elsewhere").permutation(len(images))[:ASKED_AGAIN]
        self.require_same_elsewhere("submitted", images[again], logits[again], IMAGES_PER_CALL)
        return logits, seconds_per_image

    def affordable(self, epochs: int, images: int) -> int:
        """Return how many epochs of this many images the submission's network can be trained for, up to `epochs`.

        The network's cost is the worker's claim: a higher claim only leaves less time to learn.
        """
        try:
            cost = min(self.size().multiply_adds, int(self.settings.most_multiply_adds))
        except CheckFailed:  # require_within_budget says why
            return epochs
        return max(1, min(epochs, TRAINING // (PASSES * images * max(cost, 1))))


def share(value: float, least: float, most: float) -> float:
    """Return the share of the points, from 0 to 1, that a value earns between two thresholds."""
    return min(max((value - least) / (most - least), 0.0), 1.0)
