"""How checks talk to a network in PyTorch, which lives in the worker beside the student's code."""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, NoReturn

import numpy as np

from autograder.networks import training
from autograder.networks.training import Training
from autograder.part import CheckFailed, Part
from autograder.sandbox.replies import Stopped
from autograder.verdicts import Verdict

IMAGES_PER_CALL = 125  # Gradescope's smallest container has memory for no more
IMAGES_PER_GIFT = 10_000  # to train with: as many as one message carries
ASKED_AGAIN = 16  # images, to see that their batch does not matter
MOST_SOURCE = 100_000  # bytes of all .py files together: they, too, can hold a table
MOST_NAMED = 300  # characters of what came instead of what was asked for
LARGEST_LOGIT = 1e30  # their squares are numbers still
WEIGHTS = (".pt", ".safetensors")  # what a file of weights is called after the part's own name
OTHER_ENDINGS = (".pth", ".ckpt", ".bin", ".pkl")  # what others call theirs
NO_GPU = (
    "There is no GPU where your work is graded. Leave the model on the CPU in build_model, and move batches to the "
    "model's own device in train: next(model.parameters()).device."
)
# What the line means in which a model's answer was found to depend on more than its image.
LINES = {
    "random numbers": "This line draws random numbers, as dropout does. nn.Dropout stops by itself in evaluation mode, "
    "F.dropout with training=self.training.",
    "statistics of the batch": "This line normalises with the mean and deviation of the batch. nn.BatchNorm2d takes its "
    "running averages in evaluation mode, F.batch_norm with training=self.training.",
}
# What an exception's message means, where PyTorch does not say what to do.
HINTS = {
    r"(?i)cuda|nvidia|\bmps|\bxpu|\bhip\b": NO_GPU,
    "does not require grad": "No step leads from the loss back to the weights. argmax, .detach(), .item(), .numpy() and "
    "torch.no_grad() cut the way off: compute the loss from the logits, cross_entropy(model(images), labels).",
    "invalid for input of size": "x.flatten(1) makes one row of numbers of each image, however many they are. The next "
    "layer must take as many.",
    "more than 1 value per channel when training": "Batch normalisation cannot train with a single image. In train, leave "
    "no batch of one; in evaluation mode, let it use its running averages.",
    "steps_per_epoch": "The schedule counts full batches only, and ten images fill none. "
    "The number of steps in an epoch is len(loader), or -(-len(images) // batch_size).",
    "number of total steps": "The schedule expects fewer steps than there are batches. "
    "Does it count the last, smaller batch of each epoch? The number of steps in an epoch is len(loader).",
}


@dataclass(frozen=True)
class Size:
    """What the worker counts of a network: a claim."""

    parameters: int
    others: int  # numbers in tensors that are not parameters but that the network reads
    multiply_adds: int  # for one image

    @property
    def numbers(self) -> int:
        """All numbers that the network is made of, wherever they are kept."""
        return self.parameters + self.others


class NetworkPart(Part):
    """A part whose answers are the logits of a network that its build_model returns and its train trains.

    Which network is asked: "new" is the one that build_model returns, "trained" the last one that train_new has trained,
    "submitted" the one with the submission's weights. The assignment's harness.py imports the functions from pytorch.
    """

    needs = "torch"
    endings = (".py", *WEIGHTS)
    classes: ClassVar[int] = 10
    harness = {
        "build": "build_model",
        "logits": "Your model",
        "count": "Your model",
        "independent": "Your model",
        "give_images": "the grader",
        "train_new": "train",
        "load_weights": "build_model",
    }

    def require_model(self) -> None:
        """Fail unless build_model builds a model."""
        received = self.ask("build")
        if received is not None:
            missing = " Is a return missing?" if received == "None" else ""
            self.fail_with(
                Verdict.WRONG, f"build_model must return a torch.nn.Module, but returned {_text(received)}.{missing}"
            )

    def limits(self):
        """Return what the worker may use; training again has time of its own."""
        limits, retraining = super().limits(), self.grading.retraining
        return replace(limits, part_seconds=limits.part_seconds + retraining.seconds) if retraining else limits

    def ask(self, function, *arguments, **options):
        """Call the harness; explain the errors whose own messages do not say what to do."""
        try:
            return super().ask(function, *arguments, **options)
        except CheckFailed as failed:
            sentence, _, _ = failed.failure.sentence.partition(" This could be because")  # and then a list of all devices
            hint = next((hint for says, hint in HINTS.items() if re.search(says, sentence)), None)
            raise CheckFailed(replace(failed.failure, sentence=sentence, hint=hint)) from None

    def logits(self, which, images, training=False, mean=0.0, deviation=1.0) -> np.ndarray:
        """Ask a model for its logits, (N, classes), and fail unless they are.

        mean, deviation: of images in [0, 1], for a model that is to get them shifted and scaled to 0 and 1.
        """
        images = np.ascontiguousarray(images)
        logits = self.ask("logits", which, images, training=training, mean=mean, deviation=deviation)
        shape = (len(images), self.classes)
        if not isinstance(logits, np.ndarray) or logits.dtype.kind != "f" or logits.shape != shape:
            sentence = f"The model must return logits of the shape {shape}, but returned {_came_for(shape, logits)}"
            self.fail_with(Verdict.WRONG, sentence)
        if not (abs(logits) < LARGEST_LOGIT).all():  # a NaN is smaller than nothing
            self.fail_with(Verdict.WRONG, "The model's logits hold NaN, infinity or numbers beyond all reason.")
        return logits.astype(np.float64)

    def logits_in_batches(self, which, images) -> np.ndarray:
        """Return the logits of many images, and fail unless they are the same whatever batch an image comes in."""
        batches = range(0, len(images), IMAGES_PER_CALL)
        logits = np.concatenate([self.logits(which, images[start : start + IMAGES_PER_CALL]) for start in batches])
        some = self.secret("asked again").permutation(len(images))[:ASKED_AGAIN]
        self.require_same(which, images[some], logits[some], IMAGES_PER_CALL)
        return logits

    def require_no_chance(self, which, images, before) -> None:
        """Fail unless the same batch gets the same logits again."""
        if not alike(self.logits(which, images), before):
            self._fail_in_a_line(
                "The same images get other logits when they are asked a second time. In evaluation mode nothing may be "
                "left to chance.",
                which,
                images,
            )

    def require_same(self, which, images, before, batch) -> None:
        """Fail unless images get the logits again that they got before, in a batch of another size."""
        logits = self.logits(which, images)
        if not alike(logits, before):
            self.require_no_chance(which, images, logits)
            self._fail_in_a_line(
                f"Images get other logits in a batch of {len(logits)} than in one of {batch}. "
                "In evaluation mode an answer must depend on its own image only.",
                which,
                images,
            )

    def _fail_in_a_line(self, sentence, which, images) -> NoReturn:
        """Fail, and show the line by which answers depend on more than their image, if it is found."""
        said, images = self.harness["independent"], np.ascontiguousarray(images)
        reply = self.reply("independent", which, images, harness=True, said=said)
        if isinstance(reply, Stopped):
            for what, hint in LINES.items():
                if what in reply.sentence:
                    self.fail_with(Verdict.WRONG, sentence, hint=hint, frames=reply.frames)
        self.fail_with(Verdict.WRONG, sentence)

    def require_same_elsewhere(self, which, images, before, batch) -> None:
        """Fail unless a worker that remembers nothing gives the logits that images got before, in a larger batch.

        A network that needs the other images of a batch could else keep its answers and repeat them.
        """
        if not alike(self.logits(which, images), before):
            self.fail_with(
                Verdict.WRONG,
                f"After a restart, images get other logits in a batch of {len(images)} than before in one of {batch}. In "
                "evaluation mode an answer must depend on its own image only, and build_model must build the same network "
                "in every process: does it keep answers, or draw random numbers without torch's seed?",
            )

    def train(self, images, labels, epochs, seconds, rates=1.0) -> Training:
        """Let `train` train a new model, and fail unless it returns its history. rates: a factor on all learning rates."""
        for start in range(0, len(images), IMAGES_PER_GIFT):
            some = slice(start, start + IMAGES_PER_GIFT)
            # Both may be maps of files; the message holds plain arrays.
            self.ask("give_images", np.ascontiguousarray(images[some]), np.asarray(labels[some], np.int64), lasting=True)
        found = training.of(self.ask("train_new", epochs, 0, rates, seconds=seconds, lasting=True), epochs)
        if isinstance(found, str):
            asked = f"train must return a list of one finite loss for each of the {epochs} epochs"
            self.fail_with(Verdict.WRONG, f"{asked}, but {found}")
        return found

    def bytes_of_sources(self) -> int:
        """Return how many bytes all source files have together."""
        return sum(path.stat().st_size for path in self.sources())

    def bytes_beside_sources(self) -> int:
        """Return how many bytes stand in all other files and in their names: a network can be made of any of them."""
        folder, sources = self.grading.submission.folder, set(self.sources())
        others = [path for path in self.grading.submission.files if path not in sources]
        return sum(path.stat().st_size + len(os.fsencode(path.relative_to(folder))) for path in others)

    @property
    def weights(self) -> tuple[str, ...]:
        """How files of weights are called, the best first."""
        return tuple(self.config.module + ending for ending in WEIGHTS)

    def load_weights(self) -> None:
        """Load the submission's weights into its network, which is then asked as "submitted"; fail if they do not fit."""
        outcome = str(self.ask("load_weights", list(self.weights), lasting=True))  # whatever a hostile worker has sent
        if not self.weights_file():
            self.fail_without_weights()
        if outcome != "loaded":
            self.fail_with(Verdict.CRASHED, f"The weights cannot be loaded into build_model(): {outcome}")

    def weights_file(self) -> Path | None:
        """Return the file of weights beside the part's file, or None."""
        folder = self._file().parent
        return next((folder / name for name in self.weights if (folder / name).is_file()), None)

    def fail_without_weights(self) -> NoReturn:
        """Fail, and say what to hand in."""
        folder = self._file().parent
        if unpacked := next((name for name in self.weights if (folder / name).is_dir()), None):
            self.fail_with(Verdict.MISSING, f"{unpacked} is a folder: it was unpacked. Submit the file that was saved.")
        first, *others = self.weights
        sentence = f"There are no weights: hand in {first} (or {' or '.join(others)}) beside {self.config.file}."
        near_misses = [*filter(None, map(self.grading.submission.near_miss, self.weights))] or self._other_weights()
        self.fail_with(Verdict.MISSING, " ".join([sentence, *near_misses]))

    def _other_weights(self) -> list[str]:
        """Return a sentence on a file that may hold the weights under a name of its own, if there is one."""
        others = [path.name for path in self.grading.submission.files if path.suffix in (*WEIGHTS, *OTHER_ENDINGS)]
        return [f"There is {min(others)}: if it holds them, rename it to {self.weights[0]}."] if others else []

    def seconds_left(self) -> float:
        """Return how many seconds of processor time this part's worker has left."""
        return self.worker().seconds_left

    def secret(self, purpose) -> np.random.Generator:
        """Return secret random numbers although the checks of this part are public: which images are asked stays secret."""
        return np.random.default_rng(list(f"{self.grading.seed}/{self.config.file}/{purpose}".encode()))


def _came_for(shape, answer) -> str:
    """Say what came in place of logits of this shape, and what may bring them."""
    if not isinstance(answer, np.ndarray):
        advice = "Does forward end with a return?" if answer == "None" else "Return the logits alone."
        return f"{_text(answer)}. {advice}"
    came = f"a tensor of shape {answer.shape}."
    if answer.ndim > 2 and answer.shape[:2] == shape:
        return f"{came} Flatten it: .flatten(1)."
    if answer.ndim > 0 and answer.shape[0] != shape[0]:
        return f"{came} Each image must keep a row of its own: x.flatten(1) keeps it, x.view(-1, ...) may not."
    return f"{came} The last layer must have {shape[1]} outputs." if answer.ndim == 2 else came


def _text(came) -> str:
    """Return what a worker said in words, whatever it has sent."""
    return came[:MOST_NAMED] if isinstance(came, str) else "something else"


def alike(logits, before) -> bool:
    """Return whether logits differ by no more than the order of their sums explains."""
    return bool(abs(logits - before).max() <= 1e-3 * (1 + abs(before).max()))
