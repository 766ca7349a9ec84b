"""Part 4: a network for CIFAR-10.

The grader asks for logits and computes every figure itself: the worker never sees a label of the test images.
"""

import numpy as np
from gradescope_utils.autograder_utils.decorators import leaderboard, number

from autograder.checks.part import Part, in_shares, points
from autograder.datasets import cifar10, drawn
from autograder.verdicts import Verdict

CLASSES = 10
EPOCHS, TRAIN_SECONDS = 10, 180.0
LEARN_IMAGES, LEAST_PROGRESS = 500, 0.003  # even a learning rate of 0.001 gets that far
TRAIN_IMAGES, HELD_OUT_IMAGES = 1_000, 400
IMAGES_PER_CALL = 125  # Gradescope's smallest container has memory for no more
ASKED_AGAIN = 16  # images, to see that their batch does not matter
SCALES = (0.0, *np.geomspace(0.01, 30, 40))  # of logits with a standard deviation of 1
LARGEST_LOGIT = 1e30  # their squares are numbers still
MOST_COUNTED = 10**15


class Cifar10(Part):
    """cifar10.py: build_model, train; and its weights, cifar10.pt or cifar10.safetensors."""

    title = "CIFAR-10"
    file = "cifar10.py"
    needs = "torch"
    harness = "torch_model"
    harness_says = {
        "logits": "build_model's network",
        "count": "build_model's network",
        "train_new": "train",
        "load_weights": "build_model",
    }

    def setUp(self):
        """Look for the file before anything is drawn for it."""
        super().setUp()
        self._file()

    @number("4.1")
    def test_build_model(self):
        """build_model: ten logits for each image, in batches of any size"""
        images, _ = drawn.draw(64, seed=1)
        together = self._logits("new", images)
        for some in ([0], [1], [2], [3], range(4, 11)):
            self._require_same(self._logits("new", images[some]), together[some], len(images))

    @number("4.2")
    def test_train(self):
        """train: a new model learns from images that the grader draws"""
        images, labels = drawn.draw(LEARN_IMAGES, seed=2)
        asked = self._with_noise(images, 6)  # a table of the very images that it trained with is no knowledge
        # With few steps the running averages of a batch normalisation lag behind, so either mode may show the progress.
        modes = (False, True)
        before = [self._loss("new", asked, labels, training) for training in modes]
        self._train(images, labels)
        after = [self._loss("trained", asked, labels, training) for training in modes]
        self.notes.append(
            f"Loss on {LEARN_IMAGES} drawn images: {before[0]:.3f} before, {min(after):.3f} after {EPOCHS} epochs."
        )
        if not any(later < earlier - LEAST_PROGRESS for earlier, later in zip(before, after)):
            self.fail_with(
                Verdict.WRONG,
                f"After {EPOCHS} epochs of train the loss on the images it trained with is not lower than before. "
                "Does the optimizer get the model's parameters, and is it called for each batch?",
            )

    @number("4.3")
    @in_shares
    def test_accuracy(self, set_score=None):
        """cifar10.pt: accuracy on images of the test set"""
        set_score(0)
        outcome = str(self.ask("load_weights"))  # whatever a hostile worker has sent
        if outcome == "missing":
            self.fail_with(
                Verdict.MISSING, "There are no weights: hand in cifar10.pt (or cifar10.safetensors) beside cifar10.py."
            )
        if outcome != "loaded":
            self.fail_with(Verdict.CRASHED, f"The weights cannot be loaded into build_model(): {outcome}")
        folder = cifar10.find()
        if folder is None:
            self.grading.remark(
                "CIFAR-10 is not on this machine, so this is not the final grade: the accuracy in 4.3 is that of the "
                "network trained anew on images that convgrade draws. `convgrade data` (students: `python check.pyz data`) "
                "fetches CIFAR-10 into this folder; or set CONVGRADE_DATA to the folder that holds cifar-10-batches-py."
            )
            accuracy, images = self._accuracy_after_training(), f"{HELD_OUT_IMAGES} drawn images (CIFAR-10 is not here)"
        else:
            accuracy = self._accuracy_on_cifar10(folder)
            images = f"{self.options.test_images:,} test images of CIFAR-10"
        share = self._share(accuracy)
        set_score(points(self) * share)
        self.notes.append(f"Accuracy {accuracy:.1%} on {images}.")
        if share < 1:
            least, most = self.options.no_points_below, self.options.all_points_from
            self.fail_with(
                Verdict.WRONG,
                f"An accuracy of {accuracy:.1%} gives {share:.0%} of the points: "
                f"none below {least:.0%}, all from {most:.0%}.",
            )

    @leaderboard("accuracy (%)")
    def test_leaderboard_accuracy(self, set_leaderboard_value=None):
        """The accuracy that 4.3 has found."""
        if "accuracy" in self.grading.kept:
            set_leaderboard_value(round(100 * self.grading.kept["accuracy"], 2))

    @leaderboard("parameters", "asc")
    def test_leaderboard_parameters(self, set_leaderboard_value=None):
        """The size of the network."""
        set_leaderboard_value(self._counts()[0])

    @leaderboard("multiply-adds", "asc")
    def test_leaderboard_multiply_adds(self, set_leaderboard_value=None):
        """The cost of one image."""
        set_leaderboard_value(self._counts()[1])

    def _accuracy_on_cifar10(self, folder):
        images, labels = cifar10.load_test(folder)
        chosen = self._secret().permutation(len(images))[: self.options.test_images]
        asked = self._with_noise(images[chosen], 2)  # nobody sees it, but the image is in no table any more
        self.grading.kept["accuracy"] = accuracy = self._accuracy("submitted", asked, labels[chosen])
        return accuracy

    def _accuracy_after_training(self):
        """Train a new model on drawn images and return its accuracy on others."""
        images, labels = drawn.draw(TRAIN_IMAGES, seed=2)
        self._train(images, labels)
        held_out, truth = drawn.draw(HELD_OUT_IMAGES, seed=int(self._secret().integers(2**31)))
        return self._accuracy("trained", held_out, truth)

    def _train(self, images, labels):
        """Let `train` train a new model, and fail unless it returns its history."""
        history = self.ask("train_new", images, labels.astype(np.int64), EPOCHS, 0, seconds=TRAIN_SECONDS)
        is_list = isinstance(history, list) and all(type(loss) is float for loss in history)
        if not is_list or len(history) != EPOCHS or not np.isfinite(history).all():
            self.fail_with(Verdict.WRONG, f"train must return a list of one finite loss for each of the {EPOCHS} epochs.")

    def _loss(self, which, images, labels, training):
        """Return the mean cross-entropy of a model on some images, at the scale that suits its logits best.

        How loud a network guesses is no knowledge: a factor on all logits changes nothing here.
        """
        logits = self._logits(which, images, training)
        logits -= logits.mean(axis=1, keepdims=True)
        logits /= logits.std() or 1.0
        return min(_cross_entropy(scale * logits, labels) for scale in SCALES)

    def _accuracy(self, which, images, labels):
        """Return the share of images that a model classifies rightly, whatever batch they come in."""
        batches = range(0, len(images), IMAGES_PER_CALL)
        logits = np.concatenate([self._logits(which, images[start : start + IMAGES_PER_CALL]) for start in batches])
        some = self._secret().permutation(len(images))[:ASKED_AGAIN]
        self._require_same(self._logits(which, images[some]), logits[some], IMAGES_PER_CALL)
        return float((logits.argmax(axis=1) == labels).mean())

    def _require_same(self, logits, before, batch):
        """Fail unless images get the logits again that they got before, in a batch of another size."""
        if abs(logits - before).max() > 1e-3 * (1 + abs(before).max()):
            self.fail_with(
                Verdict.WRONG,
                f"Images get other logits in a batch of {len(logits)} than in one of {batch}. "
                "In evaluation mode an answer must depend on its own image only.",
            )

    def _with_noise(self, images, strength):
        """Return images with secret noise, of so many of 255 steps at most."""
        noise = self._secret().integers(-strength, strength + 1, images.shape, dtype=np.int16)
        return (images + noise).clip(0, 255).astype(np.uint8)

    def _logits(self, which, images, training=False):
        """Ask a model for its logits, (N, 10), and fail unless they are."""
        logits = self.ask("logits", which, images, training=training)
        shape = (len(images), CLASSES)
        if not isinstance(logits, np.ndarray) or logits.dtype.kind != "f" or logits.shape != shape:
            received = f"{logits.shape} of {logits.dtype}" if isinstance(logits, np.ndarray) else "no tensor"
            self.fail_with(Verdict.WRONG, f"The model must return logits of the shape {shape}, but returned {received}.")
        if not (abs(logits) < LARGEST_LOGIT).all():  # a NaN is smaller than nothing
            self.fail_with(Verdict.WRONG, "The model's logits hold NaN, infinity or numbers beyond all reason.")
        return logits.astype(np.float64)

    def _counts(self):
        """Return parameters and multiply-adds as the worker counts them: good for a leaderboard, not for points."""
        if "counts" not in self.grading.kept:
            counts = self.ask("count")
            are_numbers = isinstance(counts, tuple) and [type(value) for value in counts] == [int, int]
            if not are_numbers or not all(0 <= value < MOST_COUNTED for value in counts):
                self.fail_with(Verdict.WRONG, "The size of the network cannot be counted.")
            self.grading.kept["counts"] = counts
        return self.grading.kept["counts"]

    def _secret(self):
        """Return secret random numbers although the checks of this part are public: which images are asked stays secret."""
        return np.random.default_rng(list(f"{self.grading.seed}/4".encode()))

    def _share(self, accuracy):
        """Return the share of the points that an accuracy gives."""
        least, most = self.options.no_points_below, self.options.all_points_from
        return min(max((accuracy - least) / (most - least), 0.0), 1.0)


def _cross_entropy(logits, labels):
    """Return the mean of -log(softmax(logits)[label])."""
    largest = logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]
    return float((log_sums - logits[np.arange(len(labels)), labels]).mean())
