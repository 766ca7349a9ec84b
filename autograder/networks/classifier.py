"""What any network that classifies images must do: answer, learn, and stay within its budget."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from autograder.config import require_bounds
from autograder.datasets import drawn
from autograder.networks import metrics, views
from autograder.networks.part import ASKED_AGAIN, IMAGES_PER_CALL, MOST_SOURCE, NetworkPart, Size, alike
from autograder.part import CheckFailed
from autograder.verdicts import Verdict

BATCH = 10  # images that `train` must learn by heart, one of each class
SHIFTED_COPIES = 2  # of each of them
# Multiply-adds of one training: minutes for half a processor. A network that costs more gets fewer epochs.
TRAINING, PASSES = 3 * 10**12, 3  # forward once, and backward for the layers' inputs and for their weights
TRAIN_SECONDS = 180.0
LEAST_PROGRESS = 0.003  # of the loss: even a learning rate of 0.001 gets that far
MOST_COUNTED = 10**15


@dataclass(frozen=True)
class Budget:
    """How much a network may cost. Raises ValueError for what cannot be meant."""

    most_parameters: int = 5_000_000
    most_multiply_adds: int = 500_000_000
    most_weights_mb: float = 25.0

    def __post_init__(self):
        positive = {name: getattr(self, name) for name in ("most_parameters", "most_multiply_adds", "most_weights_mb")}
        require_bounds(positive, 1e-3, 1e12, "more than 0")


@dataclass(frozen=True)
class Bonus:
    """Points on top of all others, for an accuracy that reaches so far."""

    accuracy: float
    points: float


class Classifier(NetworkPart):
    """A part whose network classifies images. Its settings are a Budget, and whatever else it wants to know."""

    # In how many epochs, at most, `train` learns its few images by heart, and how many of their copies at least. So many
    # epochs are enough for the optimizer of PyTorch's own tutorial, a cautious one.
    batch_epochs: ClassVar[int] = 300
    by_heart: ClassVar[float] = 0.8

    @staticmethod
    def draw_images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw images of the kind that the network gets, uint8 (count, C, H, W), and their labels, (count,)."""
        return drawn.draw(count, seed)

    def drawn(self, count: int, purpose: str) -> tuple[np.ndarray, np.ndarray]:
        """Return images that nobody has seen before, drawn from the secret seed, and their labels."""
        return self.draw_images(count, int(self.secret(purpose).integers(2**31)))

    def require_sound_logits(self) -> None:
        """Fail unless the new network returns logits that depend on nothing but their own image."""
        images, _ = self.drawn(64, "build_model")
        together = self.logits("new", images)
        if metrics.are_probabilities(together):
            self.fail_with(
                Verdict.WRONG,
                "The model returns probabilities: no number is below 0, and each image's sum to 1. Return the logits, "
                "without softmax: cross_entropy has it, and learns badly from probabilities.",
            )
        if not alike(self.logits("new", images), together):
            self.fail_with(
                Verdict.WRONG,
                "The same images get other logits when they are asked a second time. In evaluation mode nothing may be "
                "left to chance: does a dropout go on, for example F.dropout without training=self.training?",
            )
        few = ([0], [1], [2], [3], range(4, 11))
        for some in few:
            self.require_same(self.logits("new", images[some]), together[some], len(images))
        self.start_over()
        for some in few:
            self.require_same_elsewhere("new", images[some], together[some], len(images))

    def require_learning(self, set_score: Callable[[float], None]) -> None:
        """Fail unless `train` makes a new network know a small batch by heart; give half the points if it learns at all."""
        set_score(0)
        images, labels = self.drawn(BATCH, "train")
        # A table of the very images that it trained with is no knowledge, so it is asked about changed copies.
        random = self.secret("copies")
        copies = [images] + [views.shifted(images, 1, random) for _ in range(SHIFTED_COPIES)]
        asked, asked_labels = views.noisy(np.concatenate(copies), 6, random), np.tile(labels, len(copies))
        # With few steps the running averages of a batch normalisation lag behind, so either mode may show the progress.
        modes = (False, True)
        before = [metrics.loss_at_best_scale(self.logits("new", asked, mode), asked_labels) for mode in modes]
        epochs = self.affordable(self.batch_epochs, BATCH)
        self.train(images, labels, epochs, TRAIN_SECONDS)
        if self.ask("has_learned") is not True:  # whatever a hostile worker has sent
            self.fail_with(
                Verdict.WRONG,
                "After train the model still has the weights that build_model gave it. Does the optimizer get the model's "
                "parameters, and does it take a step for each batch, the last and smaller one too?",
            )
        after = [self.logits("trained", asked, mode) for mode in modes]
        losses = [metrics.loss_at_best_scale(logits, asked_labels) for logits in after]
        known = max(metrics.accuracy(logits, asked_labels) for logits in after)
        self.notes.append(
            f"{BATCH} drawn images, {epochs} epochs: loss {before[0]:.3f} before, {min(losses):.3f} after; "
            f"it recognises {known:.0%} of their noisy and shifted copies."
        )
        if not any(later < earlier - LEAST_PROGRESS for earlier, later in zip(before, losses)):
            self.fail_with(
                Verdict.WRONG,
                f"After {epochs} epochs of train on {BATCH} images the loss on them is not lower than before. "
                "Does the optimizer get the model's parameters, and is it called for each batch, the last and smaller "
                "one too? Is the learning rate far too small?",
            )
        if known < self.by_heart:
            set_score(self.check.points / 2)
            self.fail_with(
                Verdict.WRONG,
                f"The model learns, but after {epochs} epochs with {BATCH} images it recognises only {known:.0%} of their "
                "noisy copies, shifted by a pixel or not. "
                f"A network should learn so few by heart ({self.by_heart:.0%} give all points): is the learning rate "
                "too small or too large, does it fall too early, or is the loss computed with the wrong labels?",
            )
        set_score(self.check.points)

    def require_within_budget(self) -> None:
        """Fail unless network, files and source code are as small as they must be, and the weights are there."""
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
                f"The files beside your .py files have {megabytes:.1f} MB; at most {self.settings.most_weights_mb:g} are "
                "allowed. Leave out what the homework does not ask for, or make the network narrower.",
            )
        if self.bytes_of_sources() > MOST_SOURCE:
            self.fail_with(
                Verdict.WRONG,
                f"Your .py files have {self.bytes_of_sources() / 1e3:.1f} kB; at most {MOST_SOURCE / 1e3:g} are allowed. "
                f"Leave out what the homework does not ask for; weights belong in {self.weights[0]}.",
            )
        if not self.weights_file():
            self.fail_without_weights()

    def size(self) -> Size:
        """Return what the worker counts and may forge: only the bytes of the submission bound what a network holds."""
        if "size" not in self.grading.kept:
            images, _ = self.drawn(1, "count")
            counts = self.ask("count", images)
            are_numbers = isinstance(counts, tuple) and [type(value) for value in counts] == [int, int, int]
            if not are_numbers or not all(0 <= value < MOST_COUNTED for value in counts):
                self.fail_with(Verdict.WRONG, "The size of the network cannot be counted.")
            self.grading.kept["size"] = Size(*counts)
        return self.grading.kept["size"]

    def logits_of_submitted(self, images: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the logits of the network with the submitted weights, and the seconds of processor time for each image."""
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
        """Return in how many epochs, so many at most, the submission's network is trained with so many images.

        What its network costs is the worker's claim: a higher one only leaves less time to learn.
        """
        try:
            cost = min(self.size().multiply_adds, self.settings.most_multiply_adds)
        except CheckFailed:  # 4.5 says why
            return epochs
        return max(1, min(epochs, TRAINING // (PASSES * images * max(cost, 1))))


def share(value: float, least: float, most: float) -> float:
    """Return the share of the points that a value between two thresholds gives."""
    return min(max((value - least) / (most - least), 0.0), 1.0)
