"""How the checks of part 4 talk to a network, which lives in the worker beside the student's code."""

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from autograder.checks.cnn.robustness import noisy
from autograder.checks.part import CheckFailed, Part
from autograder.sandbox.limits import Limits
from autograder.verdicts import Verdict

CLASSES = 10
IMAGES_PER_CALL = 125  # Gradescope's smallest container has memory for no more
IMAGES_PER_GIFT = 10_000  # to train with: as many as one message carries
ASKED_AGAIN = 16  # images, to see that their batch does not matter
LARGEST_LOGIT = 1e30  # their squares are numbers still
MOST_COUNTED = 10**15
WEIGHTS = ("cifar10.pt", "cifar10.safetensors")
NO_GPU = (
    "There is no GPU where your work is graded. Leave the model on the CPU in build_model, and move batches to the "
    "model's own device in train: next(model.parameters()).device."
)


class NetworkPart(Part):
    """A part whose answers are a network's logits.

    Which network is asked: "new" is the one that build_model returns, "trained" the last one that train_new has trained,
    "submitted" the one with the submission's weights.
    """

    needs = "torch"
    harness = "torch_model"
    harness_says = {
        "logits": "build_model's network",
        "count": "build_model's network",
        "give_images": "the grader",
        "train_new": "train",
        "load_weights": "build_model",
    }

    def limits(self) -> Limits:
        """Return what the worker may use; training anew has time of its own."""
        limits, retraining = super().limits(), self.grading.retraining
        return replace(limits, part_seconds=limits.part_seconds + retraining.seconds) if retraining else limits

    def ask(self, function, *arguments, **options):
        """Call the harness; tell who needs a GPU that there is none."""
        try:
            return super().ask(function, *arguments, **options)
        except CheckFailed as failed:
            if "CUDA" in failed.failure.sentence or "NVIDIA" in failed.failure.sentence:
                raise CheckFailed(replace(failed.failure, hint=NO_GPU)) from None
            raise

    def logits(self, which, images, training=False) -> np.ndarray:
        """Ask a model for its logits, (N, 10), and fail unless they are."""
        logits = self.ask("logits", which, np.ascontiguousarray(images), training=training)
        shape = (len(images), CLASSES)
        if not isinstance(logits, np.ndarray) or logits.dtype.kind != "f" or logits.shape != shape:
            received = f"{logits.shape} of {logits.dtype}" if isinstance(logits, np.ndarray) else "no tensor"
            self.fail_with(Verdict.WRONG, f"The model must return logits of the shape {shape}, but returned {received}.")
        if not (abs(logits) < LARGEST_LOGIT).all():  # a NaN is smaller than nothing
            self.fail_with(Verdict.WRONG, "The model's logits hold NaN, infinity or numbers beyond all reason.")
        return logits.astype(np.float64)

    def logits_in_batches(self, which, images) -> np.ndarray:
        """Return the logits of many images, and fail unless they are the same whatever batch an image comes in."""
        batches = range(0, len(images), IMAGES_PER_CALL)
        logits = np.concatenate([self.logits(which, images[start : start + IMAGES_PER_CALL]) for start in batches])
        some = self.secret("asked again").permutation(len(images))[:ASKED_AGAIN]
        self.require_same(self.logits(which, images[some]), logits[some], IMAGES_PER_CALL)
        return logits

    def require_same(self, logits, before, batch) -> None:
        """Fail unless images get the logits again that they got before, in a batch of another size."""
        if not alike(logits, before):
            self.fail_with(
                Verdict.WRONG,
                f"Images get other logits in a batch of {len(logits)} than in one of {batch}. "
                "In evaluation mode an answer must depend on its own image only.",
            )

    def train(self, images, labels, epochs, seconds) -> None:
        """Let `train` train a new model, and fail unless it returns its history."""
        for start in range(0, len(images), IMAGES_PER_GIFT):
            some = slice(start, start + IMAGES_PER_GIFT)
            self.ask("give_images", np.ascontiguousarray(images[some]), labels[some].astype(np.int64), lasting=True)
        history = self.ask("train_new", epochs, 0, seconds=seconds, lasting=True)
        is_list = isinstance(history, list) and all(type(loss) is float for loss in history)
        if not is_list or len(history) != epochs or not np.isfinite(history).all():
            self.fail_with(Verdict.WRONG, f"train must return a list of one finite loss for each of the {epochs} epochs.")

    def counts(self) -> tuple[int, int]:
        """Return parameters and multiply-adds as the worker counts them: a claim, which only the file's size bounds."""
        if "counts" not in self.grading.kept:
            counts = self.ask("count")
            are_numbers = isinstance(counts, tuple) and [type(value) for value in counts] == [int, int]
            if not are_numbers or not all(0 <= value < MOST_COUNTED for value in counts):
                self.fail_with(Verdict.WRONG, "The size of the network cannot be counted.")
            self.grading.kept["counts"] = counts
        return self.grading.kept["counts"]

    def weights_file(self) -> Path | None:
        """Return the file of weights beside cifar10.py, or None."""
        folder = self._file().parent
        return next((folder / name for name in WEIGHTS if (folder / name).exists()), None)

    def fail_without_weights(self) -> NoReturn:
        """Fail, and say what to hand in."""
        self.fail_with(
            Verdict.MISSING, "There are no weights: hand in cifar10.pt (or cifar10.safetensors) beside cifar10.py."
        )

    def with_noise(self, images, most) -> np.ndarray:
        """Return images with secret noise, of so many of 255 steps at most."""
        return noisy(images, most, self.secret("noise"))

    def seconds_left(self) -> float:
        """Return how many seconds of processor time this part's worker has left."""
        return self.worker().seconds_left

    def secret(self, purpose) -> np.random.Generator:
        """Return secret random numbers although the checks of this part are public: which images are asked stays secret."""
        return np.random.default_rng(list(f"{self.grading.seed}/4/{purpose}".encode()))


def alike(logits, before) -> bool:
    """Tell whether logits differ by no more than the order of their sums explains."""
    return bool(abs(logits - before).max() <= 1e-3 * (1 + abs(before).max()))
