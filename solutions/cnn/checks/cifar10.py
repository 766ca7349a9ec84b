"""Part 4: a network for CIFAR-10.

The grader asks for logits and computes every figure itself: the worker never sees a label of the test images.
"""

from dataclasses import dataclass

import numpy as np

from autograder.authoring import Chart, CheckFailed, UserError, Verdict, leaderboard, number, partial_credit

from . import diagnostics, metrics
from .network import ASKED_AGAIN, CLASSES, IMAGES_PER_CALL, MOST_SOURCE, Network, NetworkPart, alike, datasets
from .robustness import noisy, shifted, views

# Images that `train` must learn by heart, one of each class, in how many epochs at most, and how many of them at least. So
# many epochs are enough for the optimizer of PyTorch's own tutorial, a cautious one.
BATCH, BATCH_EPOCHS, BY_HEART = 10, 300, 0.8
SHIFTED_COPIES = 2  # of each of them
# Multiply-adds of one training: minutes for half a processor. A network that costs more gets fewer epochs.
TRAINING, PASSES = 3 * 10**12, 3  # forward once, and backward for the layers' inputs and for their weights
TRAIN_SECONDS = 180.0
LEAST_PROGRESS = 0.003  # of the loss: even a learning rate of 0.001 gets that far
TRAIN_IMAGES, HELD_OUT_IMAGES, EPOCHS = 1_000, 400, 10  # drawn ones, where CIFAR-10 is not

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class Measured:
    """What a network with the submitted weights has answered."""

    logits: np.ndarray
    labels: np.ndarray
    images: str  # which they were, in words
    classes: tuple[str, ...]


class Cifar10(NetworkPart):
    """cifar10.py: build_model, train; and its weights, cifar10.pt or cifar10.safetensors."""

    Settings = Network

    def setUp(self):
        """Look for the file before anything is drawn for it."""
        super().setUp()
        self._file()

    @number("4.1")
    def test_build_model(self):
        """build_model: ten logits for each image, the same alone and in any batch"""
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

    @number("4.2")
    @partial_credit
    def test_train(self, set_score=None):
        """train: a new model learns, and knows one small batch by heart"""
        set_score(0)
        images, labels = self.drawn(BATCH, "train")
        # A table of the very images that it trained with is no knowledge, so it is asked about changed copies.
        random = self.secret("copies")
        copies = [images] + [shifted(images, 1, random) for _ in range(SHIFTED_COPIES)]
        asked, asked_labels = noisy(np.concatenate(copies), 6, random), np.tile(labels, len(copies))
        # With few steps the running averages of a batch normalisation lag behind, so either mode may show the progress.
        modes = (False, True)
        before = [metrics.loss_at_best_scale(self.logits("new", asked, mode), asked_labels) for mode in modes]
        epochs = self._affordable(BATCH_EPOCHS, BATCH)
        self.train(images, labels, epochs, TRAIN_SECONDS)
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
        if known < BY_HEART:
            set_score(self.check.points / 2)
            self.fail_with(
                Verdict.WRONG,
                f"The model learns, but after {epochs} epochs with {BATCH} images it recognises only {known:.0%} of their "
                "noisy copies, shifted by a pixel or not. "
                f"A network should learn so few by heart ({BY_HEART:.0%} give all points): is the learning rate "
                "too small or too large, does it fall too early, or is the loss computed with the wrong labels?",
            )
        set_score(self.check.points)

    @number("4.3")
    @partial_credit
    def test_accuracy(self, set_score=None):
        """cifar10.pt: accuracy on images of the test set"""
        set_score(0)
        measured = self._measured()
        accuracy = metrics.accuracy(measured.logits, measured.labels)
        least, most = self.settings.no_points_below, self.settings.all_points_from
        share = _share(accuracy, least, most)
        reached = [bonus for bonus in self.settings.bonus if accuracy >= bonus.accuracy]
        self.extra = sum(bonus.points for bonus in reached)
        set_score(self.check.points * share + self.extra)
        self.notes.insert(0, f"Accuracy {accuracy:.1%} on {measured.images}.")
        self.notes += [f"{bonus.points:g} points on top for {bonus.accuracy:.0%} and more." for bonus in reached]
        if share < 1:
            self.fail_with(
                Verdict.WRONG,
                f"An accuracy of {accuracy:.1%} gives {share:.0%} of the points: "
                f"none below {least:.0%}, all from {most:.0%}.",
            )

    @number("4.4")
    @partial_credit
    def test_worst_class(self, set_score=None):
        """cifar10.pt: no class is given up"""
        set_score(0)
        measured = self._measured()
        recalls = metrics.recalls(measured.logits, measured.labels)
        self.charts.append(
            Chart("Images recognised, by class", [(measured.classes[each], recall) for each, recall in recalls.items()])
        )
        worst = min(recalls, key=lambda each: recalls[each])
        guessed = int(np.bincount(measured.logits[measured.labels == worst].argmax(axis=1), minlength=CLASSES).argmax())
        instead = "" if guessed == worst else f" The network takes most of them for {measured.classes[guessed]}."
        sentence = f"Worst class: {measured.classes[worst]}, {recalls[worst]:.1%} of its images are recognised.{instead}"
        self.notes.append(sentence)
        least, most = self.settings.worst_class_no_points_below, self.settings.worst_class_all_points_from
        accuracy, enough = metrics.accuracy(measured.logits, measured.labels), self.settings.no_points_below
        if accuracy < enough:
            self.fail_with(
                Verdict.WRONG,
                f"A network that recognises only {accuracy:.1%} of all images gets no points for its worst class: "
                f"they begin at {enough:.0%}.",
            )
        share = _share(recalls[worst], least, most)
        set_score(self.check.points * share)
        if share < 1:
            self.fail_with(
                Verdict.WRONG,
                f"That gives {share:.0%} of the points: none below {least:.0%}, all from {most:.0%}. Look at the "
                "confusion matrix in cifar10.ipynb: which images of this class are mistaken for what?",
            )

    @number("4.5")
    def test_size(self):
        """build_model and cifar10.pt: parameters, multiply-adds and the size of the file"""
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
                "Leave out what the homework does not ask for; weights belong in cifar10.pt.",
            )
        if not self.weights_file():
            self.fail_without_weights()

    @leaderboard("accuracy (%)")
    def test_leaderboard_accuracy(self, set_leaderboard_value=None):
        """The accuracy that 4.3 has found."""
        measured = self.grading.kept.get("measured")
        if measured and measured.classes == CIFAR10:
            set_leaderboard_value(round(100 * metrics.accuracy(measured.logits, measured.labels), 2))

    @leaderboard("parameters", "asc")
    def test_leaderboard_parameters(self, set_leaderboard_value=None):
        """The size of the network."""
        set_leaderboard_value(self.size().numbers)

    @leaderboard("multiply-adds", "asc")
    def test_leaderboard_multiply_adds(self, set_leaderboard_value=None):
        """The cost of one image."""
        set_leaderboard_value(self.size().multiply_adds)

    def _measured(self) -> Measured:
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

    def _measure(self) -> Measured:
        self._load_weights()
        stored = datasets().find("cifar10")
        return self._measure_on_cifar10(stored) if stored else self._measure_after_training()

    def _load_weights(self) -> None:
        outcome = str(self.ask("load_weights", lasting=True))  # whatever a hostile worker has sent
        if not self.weights_file():
            self.fail_without_weights()
        if outcome != "loaded":
            self.fail_with(Verdict.CRASHED, f"The weights cannot be loaded into build_model(): {outcome}")

    def _measure_on_cifar10(self, stored) -> Measured:
        training = datasets().find("cifar10", "train")
        if self.grading.retraining and not training:
            raise UserError("to train anew needs CIFAR-10's training images: `convgrade data fetch` brings them")
        images, labels = stored.load("test")
        chosen = self.secret("images").permutation(len(images))[: self.settings.test_images]
        images, labels = images[chosen], labels[chosen]
        asked = views(images, self.secret("views"))  # these are in no table
        before = self.seconds_left()
        logits = self.logits_in_batches("submitted", asked)
        seconds_per_image = (before - self.seconds_left()) / len(images)
        self.start_over()
        self._load_weights()
        again = self.secret("asked elsewhere").permutation(len(images))[:ASKED_AGAIN]
        self.require_same_elsewhere("submitted", asked[again], logits[again], IMAGES_PER_CALL)
        accuracy = metrics.accuracy(logits, labels)
        diagnostics.robustness(self, images[: self.settings.robustness_images], labels, seconds_per_image)
        if training:
            diagnostics.training_images(self, training)
        if training and self.grading.retraining:
            diagnostics.training_anew(self, self.grading.retraining, training, asked, labels, accuracy)
        words = f"{len(images):,} test images of CIFAR-10, flipped, moved and lit at random"
        return Measured(logits, labels, words, CIFAR10)

    def _measure_after_training(self) -> Measured:
        """Train a new model on drawn images and ask it about others."""
        if self.grading.retraining:
            raise UserError("to train anew needs CIFAR-10, which is not on this machine: `convgrade data fetch` brings it")
        self.grading.remark(
            "CIFAR-10 is not on this machine, so this is not the final grade: 4.3 and 4.4 judge the network trained "
            "anew on images that convgrade draws. `convgrade data fetch` (students: `python check.pyz data fetch`) "
            "brings CIFAR-10 into this folder; or set CONVGRADE_DATA to the folder that holds it, as cifar10 or "
            "cifar-10-batches-py."
        )
        self.train(*self.drawn(TRAIN_IMAGES, "to train with"), self._affordable(EPOCHS, TRAIN_IMAGES), TRAIN_SECONDS)
        images, labels = self.drawn(HELD_OUT_IMAGES, "held out")
        words = f"{HELD_OUT_IMAGES} drawn images (CIFAR-10 is not here)"
        return Measured(self.logits_in_batches("trained", images), labels, words, datasets().drawn.CLASSES)

    def _affordable(self, epochs: int, images: int) -> int:
        """Return in how many epochs, so many at most, the submission's network is trained with so many images.

        What its network costs is the worker's claim: a higher one only leaves less time to learn.
        """
        try:
            cost = min(self.size().multiply_adds, self.settings.most_multiply_adds)
        except CheckFailed:  # 4.5 says why
            return epochs
        return max(1, min(epochs, TRAINING // (PASSES * images * max(cost, 1))))


def _share(value, least, most) -> float:
    """Return the share of the points that a value between two thresholds gives."""
    return min(max((value - least) / (most - least), 0.0), 1.0)
