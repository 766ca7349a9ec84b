"""How checks talk to a PyTorch network, which is in the worker with the student's code."""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, NoReturn

import numpy as np

from autograder.cases import Answer
from autograder.networks import training
from autograder.networks.augmentations import Images
from autograder.networks.metrics import Labels, Logits
from autograder.networks.training import Training
from autograder.part import CheckFailed, Part
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Stopped
from autograder.verdicts import Verdict

IMAGES_PER_CALL = 125  # Gradescope's smallest container has no memory for more
IMAGES_PER_MESSAGE = 10_000  # of the images to train with
ASKED_AGAIN = 16  # images, to see whether their batch matters
MOST_SOURCE = 100_000  # bytes of all .py files together: they can hold a lookup table, too
MOST_SHOWN = 300  # characters of whatever was returned instead of what was asked for
LARGEST_LOGIT = 1e30  # its square is still finite
WEIGHTS = (".pt", ".safetensors")  # endings of a file of weights
OTHER_ENDINGS = (".pth", ".ckpt", ".bin", ".pkl")  # that others use
NO_GPU = (
    "There is no GPU where your work is graded. Leave the model on the CPU in build_model, and move batches to the "
    "model's own device in train: next(model.parameters()).device."
)
# What to do about the line that makes a model's answer depend on more than its image.
LINES = {
    "random numbers": "This line draws random numbers, as dropout does. nn.Dropout turns itself off in evaluation mode; "
    "F.dropout needs training=self.training.",
    "statistics of the batch": "This line normalises with the mean and deviation of the batch. nn.BatchNorm2d uses its "
    "running averages in evaluation mode; F.batch_norm needs training=self.training.",
}
# What to do about an exception whose message does not say.
HINTS = {
    r"(?i)cuda|nvidia|\bmps|\bxpu|\bhip\b": NO_GPU,
    "does not require grad": "Gradients cannot flow from the loss back to the weights. argmax, .detach(), .item(), "
    ".numpy() and torch.no_grad() stop them: compute the loss from the logits, cross_entropy(model(images), labels).",
    "invalid for input of size": "x.flatten(1) turns each image into one row of numbers, however many images there are. "
    "The next layer must take rows of that length.",
    "more than 1 value per channel when training": "Batch normalisation cannot train with a single image. In train, avoid "
    "batches of one; in evaluation mode, let it use its running averages.",
    "steps_per_epoch": "The schedule counts full batches only, and ten images fill none. "
    "The number of steps in an epoch is len(loader), or -(-len(images) // batch_size).",
    "number of total steps": "The schedule expects fewer steps than there are batches. "
    "Does it count the last, smaller batch of each epoch? The number of steps in an epoch is len(loader).",
}

Statistic = float | list[float]  # of all pixels, or of each channel
Normalisation = tuple[Statistic, Statistic]


@dataclass(frozen=True)
class Size:
    """The size of a network as the worker counts it, which it may forge."""

    parameters: int
    others: int  # numbers in other tensors that the network reads
    multiply_adds: int  # for one image

    @property
    def numbers(self) -> int:
        """The count of all numbers in the network, wherever they are kept."""
        return self.parameters + self.others


class NetworkPart(Part):
    """A part with a build_model that returns a network and a train that trains it; checks ask the network for logits.

    The networks are called "new", as build_model returns it; "trained", the last one that train_new has trained; and
    "submitted", with the submission's weights. The assignment's harness.py imports the functions below from pytorch.
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
        """Fail unless build_model returns a model."""
        received = self.ask("build")
        if received is not None:
            missing = " Is a return missing?" if received == "None" else ""
            self.fail_with(
                Verdict.WRONG, f"build_model must return a torch.nn.Module, but returned {_text(received)}.{missing}"
            )

    def limits(self) -> Limits:
        """Return what the worker may use; retraining has its own time limit."""
        limits, retraining = super().limits(), self.grading.retraining
        return replace(limits, part_seconds=limits.part_seconds + retraining.seconds) if retraining else limits

    def ask(self, function: str, *arguments: Answer, said: str = "", **options: Answer) -> Answer:
        """Call the harness, and explain the errors whose messages do not say what to do."""
        try:
            return super().ask(function, *arguments, said=said, **options)
        except CheckFailed as failed:
            sentence, _, _ = failed.failure.sentence.partition(" This could be because")  # a list of all devices follows
            hint = next((hint for says, hint in HINTS.items() if re.search(says, sentence)), None)
            raise CheckFailed(replace(failed.failure, sentence=sentence, hint=hint)) from None

    def logits(self, which: str, images: Images, training: bool = False, normalised: Normalisation = (0.0, 1.0)) -> Logits:
        """Ask a model for its logits, (N, classes); fail if it returns anything else.

        normalised: a mean and a deviation of images in [0, 1], for a model that wants them shifted to 0 and scaled to 1.
        """
        images, (mean, deviation) = np.ascontiguousarray(images), normalised
        logits = self.ask("logits", which, images, training=training, normal=(mean, deviation))
        shape = (len(images), self.classes)
        if not isinstance(logits, np.ndarray) or logits.dtype.kind != "f" or logits.shape != shape:
            sentence = (
                f"The model must return logits of the shape {shape}, but returned {_instead_of_logits(shape, logits)}"
            )
            self.fail_with(Verdict.WRONG, sentence)
        if not (abs(logits) < LARGEST_LOGIT).all():  # comparisons with NaN are false
            self.fail_with(Verdict.WRONG, "The model's logits contain NaN, infinity or absurdly large numbers.")
        return np.asarray(logits, np.float64)

    def logits_in_batches(self, which: str, images: Images) -> Logits:
        """Return the logits of many images; fail if an image's logits depend on its batch."""
        batches = range(0, len(images), IMAGES_PER_CALL)
        logits = np.concatenate([self.logits(which, images[start : start + IMAGES_PER_CALL]) for start in batches])
        some = self.secret("asked again").permutation(len(images))[:ASKED_AGAIN]
        self.require_same(which, images[some], logits[some], IMAGES_PER_CALL)
        return logits

    def require_determinism(self, which: str, images: Images, before: Logits) -> None:
        """Fail unless the same batch gets the same logits again."""
        if not alike(self.logits(which, images), before):
            self._fail_at_line(
                "The same images get different logits the second time. In evaluation mode nothing may be left to chance.",
                which,
                images,
            )

    def require_same(self, which: str, images: Images, before: Logits, batch: int) -> None:
        """Fail unless images get the same logits as before, in a batch of another size."""
        logits = self.logits(which, images)
        if not alike(logits, before):
            self.require_determinism(which, images, logits)
            self._fail_at_line(
                f"Images get different logits in a batch of {len(logits)} than in one of {batch}. "
                "In evaluation mode, logits must depend on their own image only.",
                which,
                images,
            )

    def _fail_at_line(self, sentence: str, which: str, images: Images) -> NoReturn:
        """Fail, and show the line that makes logits depend on more than their image, if it is found."""
        said, images = self.harness["independent"], np.ascontiguousarray(images)
        reply = self.reply("independent", which, images, harness=True, said=said)
        if isinstance(reply, Stopped):
            for what, hint in LINES.items():
                if what in reply.sentence:
                    self.fail_with(Verdict.WRONG, sentence, hint=hint, frames=reply.frames)
        self.fail_with(Verdict.WRONG, sentence)

    def require_same_elsewhere(self, which: str, images: Images, before: Logits, batch: int) -> None:
        """Fail unless a worker that remembers nothing gives images the same logits as before, in a larger batch.

        Otherwise a network that needs the other images of a batch could keep its answers and repeat them.
        """
        if not alike(self.logits(which, images), before):
            self.fail_with(
                Verdict.WRONG,
                f"After a restart, images get different logits in a batch of {len(images)} than before in one of {batch}. "
                "In evaluation mode, logits must depend on their own image only, and build_model must build the same "
                "network in every process: does it keep logits, or draw random numbers that torch's seed does not control?",
            )

    def train(self, images: Images, labels: Labels, epochs: int, seconds: float, rates: float = 1.0) -> Training:
        """Let `train` train a new model; fail unless it returns its history. rates: a factor on all learning rates."""
        for start in range(0, len(images), IMAGES_PER_MESSAGE):
            some = slice(start, start + IMAGES_PER_MESSAGE)
            # Both may be memory-mapped files; the message holds plain arrays.
            self.ask("give_images", np.ascontiguousarray(images[some]), np.asarray(labels[some], np.int64), lasting=True)
        found = training.of(self.ask("train_new", epochs, 0, rates, seconds=seconds, lasting=True), epochs)
        if isinstance(found, str):
            asked = f"train must return a list of one finite loss for each of the {epochs} epochs"
            self.fail_with(Verdict.WRONG, f"{asked}, but {found}")
        return found

    def bytes_of_sources(self) -> int:
        """Return the total size of all source files, in bytes."""
        return sum(path.stat().st_size for path in self.sources())

    def bytes_beside_sources(self) -> int:
        """Return the total size of all other files and their names, in bytes: weights can hide in any of them."""
        folder, sources = self.grading.submission.folder, set(self.sources())
        others = [path for path in self.grading.submission.files if path not in sources]
        return sum(path.stat().st_size + len(os.fsencode(path.relative_to(folder))) for path in others)

    @property
    def weights(self) -> tuple[str, ...]:
        """The names that a file of weights may have, the best first."""
        return tuple(self.config.module + ending for ending in WEIGHTS)

    def load_weights(self) -> None:
        """Load the submission's weights into its network, which is then called "submitted"; fail if they do not fit."""
        outcome = str(self.ask("load_weights", list(self.weights), lasting=True))  # a hostile worker may send anything
        if not self.weights_file():
            self.fail_without_weights()
        if outcome != "loaded":
            self.fail_with(Verdict.CRASHED, f"The weights cannot be loaded into build_model(): {outcome}")

    def weights_file(self) -> Path | None:
        """Return the file of weights beside the part's file, if there is one."""
        folder = self._file().parent
        return next((folder / name for name in self.weights if (folder / name).is_file()), None)

    def fail_without_weights(self) -> NoReturn:
        """Fail, and say what to submit."""
        folder = self._file().parent
        if unpacked := next((name for name in self.weights if (folder / name).is_dir()), None):
            self.fail_with(Verdict.MISSING, f"{unpacked} is a folder: it was unpacked. Submit the file that was saved.")
        first, *others = self.weights
        sentence = f"The weights are missing: submit {first} (or {' or '.join(others)}) beside {self.config.file}."
        near_misses = [*filter(None, map(self.grading.submission.near_miss, self.weights))] or self._other_weights()
        self.fail_with(Verdict.MISSING, " ".join([sentence, *near_misses]))

    def _other_weights(self) -> list[str]:
        """Return a sentence about a file that may hold the weights under another name, if there is one."""
        others = [path.name for path in self.grading.submission.files if path.suffix in (*WEIGHTS, *OTHER_ENDINGS)]
        return [f"There is {min(others)}: if it holds the weights, rename it to {self.weights[0]}."] if others else []

    def seconds_left(self) -> float:
        """Return the processor time that this part's worker has left, in seconds."""
        return self.worker().seconds_left

    def secret(self, purpose: str) -> np.random.Generator:
        """Return secret random numbers. This part's checks are public, but the images that they draw stay secret."""
        return np.random.default_rng(list(f"{self.grading.seed}/{self.config.file}/{purpose}".encode()))


def _instead_of_logits(shape: tuple[int, int], answer: Answer) -> str:
    """Say what was returned instead of logits of this shape, and how to return them."""
    if not isinstance(answer, np.ndarray):
        advice = "Does forward end with a return?" if answer == "None" else "Return only the logits."
        return f"{_text(answer)}. {advice}"
    returned = f"a tensor of shape {answer.shape}."
    if answer.ndim > 2 and answer.shape[:2] == shape:
        return f"{returned} Flatten it: .flatten(1)."
    if answer.ndim > 0 and answer.shape[0] != shape[0]:
        return f"{returned} Each image must keep its own row: x.flatten(1) keeps it, x.view(-1, ...) may not."
    return f"{returned} The last layer must have {shape[1]} outputs." if answer.ndim == 2 else returned


def _text(answer: Answer) -> str:
    """Return what a worker said in words, whatever it sent."""
    return answer[:MOST_SHOWN] if isinstance(answer, str) else "something else"


def alike(logits: Logits, before: Logits) -> bool:
    """Return whether logits differ by no more than adding in another order explains."""
    return bool(abs(logits - before).max() <= 1e-3 * (1 + abs(before).max()))
