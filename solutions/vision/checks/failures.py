"""Part 5: images that networks misclassify, and training that makes this rarer.

The answers of a network are computed here from its weights: the worker returns images and weights, never an answer.
"""

from dataclasses import dataclass

import numpy as np

from autograder.authoring import Chart, Curves, Verdict, datasets, number, partial_credit, type_in_words
from autograder.networks import NetworkPart, share

from . import given

OFFSETS = ((-1, 0), (0, 1), (1, 1), (0, -2), (3, 2))  # down and right
GRAYS, SIDE, SPREAD = 60, 28, 0.1  # images of one gray, to see the noise itself; its deviation
SIGMAS = 6  # by which an honest figure may be off by chance: a probability of 2e-9
ATTACKED = 40  # images of each digit
ROUNDING = 1e-6  # of budgets, in float32
TRAINED, ASKED = 300, 200  # images of each digit: for training, and for testing afterwards
EPOCHS, TRAIN_SECONDS = 8, 60.0
NOISE = 0.7  # the standard deviation that a robust network withstands
SHOWN = (0.0, 0.2, 0.4, 0.7, 1.0)  # deviations in the report
NOISY_NONE, NOISY_ALL, CLEAN = 0.72, 0.78, 0.95  # accuracies


@dataclass(frozen=True)
class Attack:
    """Which network is attacked, and what share of the images that it recognises may still be recognised afterwards.

    One step of FGSM leaves no more than `enough`, under every seed, and several smaller ones no more than `bonus`:
    benchmarks/transfer_and_failures.py measures both, docs/thresholds.md has the table.
    """

    network: str
    budget: float
    drawn_budget: float  # for drawn digits, which are easier to misclassify
    none: float = 0.90  # more than this gives no points
    enough: float = 0.55
    bonus: float = 0.27


OPEN, HIDDEN = Attack("ten_digits", 0.15, 0.10), Attack("hidden/ten_digits", 0.14, 0.095)
BONUS_POINTS = 0.5


class Failures(NetworkPart):
    """failures.py: moved, noisy, accuracies, adversarial, train_robust."""

    harness = {
        "moved": "moved",
        "noisy": "noisy",
        "accuracies": "accuracies",
        "adversarial": "adversarial",
        "train_robust": "train_robust",
    }

    @property
    def mnist(self) -> "datasets.Stored | None":
        """MNIST, if it is here."""
        return self.stored("mnist")

    @number("5.1")
    def test_changes(self):
        """moved, noisy: the same digits, moved by whole pixels and seen through noise"""
        images, _ = given.digits(self.mnist, 2, self.random)
        for down, right in OFFSETS:
            changed = self._changed("moved", images, down, right)
            if not np.array_equal(changed, given.moved(images, down, right)):
                self.fail_with(
                    Verdict.WRONG,
                    f"moved(images, down={down}, right={right}) returned other images. "
                    f"{_guess(changed, images, down, right)}",
                )
        self._require_noise()

    @number("5.2")
    def test_accuracies(self):
        """accuracies: a network's accuracy on changed images"""
        images, labels = given.digits(self.mnist, 20, self.secret("accuracies"))
        weights = given.network("ten_digits")
        found = self.ask("accuracies", weights, images, labels, OFFSETS)
        changed = {"as they are": images} | {f"moved by {each}": given.moved(images, *each) for each in OFFSETS}
        expected = {name: given.accuracy(weights, each, labels) for name, each in changed.items()}
        if not isinstance(found, dict) or list(found) != list(expected):
            self.fail_with(Verdict.WRONG, f"accuracies must return a dict with the names of the changes, {list(expected)}.")
        for name, known in expected.items():
            if not isinstance(found[name], float):  # np.mean returns NumPy's float64, which is a float, too
                self.fail_with(
                    Verdict.WRONG,
                    f"accuracies must return a float for each change, but returned {type_in_words(found[name])} for the "
                    f"images {name}.",
                )
            if not abs(found[name] - known) < 1.5 / len(images):  # one image may be near a tie
                self.fail_with(
                    Verdict.WRONG,
                    f"For the images {name}, the accuracy is {known:.3f}, but accuracies returned {found[name]:.3f}.",
                )
        self.charts.append(Chart("Accuracy on images that the network has not seen", list(expected.items())))

    @number("5.3")
    @partial_credit
    def test_adversarial(self, set_score=None):
        """adversarial: images that mislead the network that you have"""
        self._attack(OPEN, set_score)

    @number("5.4")
    @partial_credit
    def test_adversarial_hidden(self, set_score=None):
        """adversarial: images that mislead a network that you don't have"""
        self._attack(HIDDEN, set_score)

    @number("5.5")
    @partial_credit
    def test_train_robust(self, set_score=None):
        """train_robust: a network that recognises noisy digits, and still the clean ones"""
        set_score(0)
        before = given.network("ten_digits")
        images, labels = given.digits(self.mnist, TRAINED + ASKED, self.secret("robust"))
        learned, asked = np.split(np.arange(len(labels)), [TRAINED * 10])
        # The digits get other labels each time, so that weights trained beforehand know the wrong ones.
        names = self.secret("names").permutation(10)
        renamed = [*before[:-2], *(each[np.argsort(names)] for each in before[-2:])]
        after = self._trained(renamed, images[learned], names[labels[learned]])
        images, labels = images[asked], names[labels[asked]]
        random = self.secret("noise")
        noise = random.standard_normal(images.shape, np.float32)
        seen = [(images + deviation * noise).clip(0, 1) for deviation in SHOWN]
        lines = {
            name: [given.accuracy(weights, each, labels) for each in seen]
            for name, weights in (("after train_robust", after), ("before", renamed))
        }
        steps = [f"{each:g}" for each in SHOWN]
        self.charts.append(Curves("Accuracy by the standard deviation of the noise", steps, lines))
        clean, noisy = lines["after train_robust"][0], lines["after train_robust"][SHOWN.index(NOISE)]
        self.notes.append(
            f"After training, the network recognises {noisy:.1%} with noise of {NOISE} and {clean:.1%} without; before, "
            f"{lines['before'][SHOWN.index(NOISE)]:.1%} and {lines['before'][0]:.1%} ({given.source(self.mnist)})."
        )
        if clean < CLEAN:
            self.fail_with(
                Verdict.WRONG,
                f"The network recognises {clean:.1%} of the clean images; {CLEAN:.0%} are needed. Show it some with less "
                "noise, or with none.",
            )
        earned = share(noisy, NOISY_NONE, NOISY_ALL)
        set_score(self.check.points * earned)
        if earned < 1:
            self.fail_with(
                Verdict.WRONG,
                f"With noise of {NOISE}, it recognises {noisy:.1%}. That gives {earned:.0%} of the points: none below "
                f"{NOISY_NONE:.0%}, all from {NOISY_ALL:.0%}. Does it see noise while it learns, and enough of it?",
            )

    def _attack(self, attack: Attack, set_score) -> None:
        """Give points for how few images the network still recognises after an attack."""
        set_score(0)
        weights = given.network(attack.network)
        images, labels = given.digits(self.mnist, ATTACKED, self.secret(attack.network))
        known = given.logits(weights, images).argmax(axis=1) == labels
        images, labels = images[known], labels[known]
        budget = attack.budget if self.mnist else attack.drawn_budget
        changed = self._images("adversarial", self.ask("adversarial", weights, images, labels, budget), images)
        if (most := float(abs(changed - images).max())) > budget + ROUNDING:
            self.fail_with(Verdict.WRONG, f"A pixel has changed by {most:.4g}, but the budget is {budget:g}.")
        if changed.min() < -ROUNDING or changed.max() > 1 + ROUNDING:
            self.fail_with(
                Verdict.WRONG, f"Pixels must stay in [0, 1], but are from {changed.min():.3g} to {changed.max():.3g}."
            )
        left = given.accuracy(weights, changed, labels)
        self.notes.append(
            f"Of {len(labels)} digits that the network recognises, it still recognises {left:.1%} after changes of at most "
            f"{budget:g} per pixel ({given.source(self.mnist)})."
        )
        earned = share(-left, -attack.none, -attack.enough)
        self.extra = BONUS_POINTS if left <= attack.bonus else 0.0
        set_score(self.check.points * earned + self.extra)
        if self.extra:
            self.notes.append(f"{BONUS_POINTS:g} extra points: at most {attack.bonus:.0%} are still recognised.")
        if earned < 1:
            self.fail_with(
                Verdict.WRONG,
                f"{left:.1%} are still recognised. That gives {earned:.0%} of the points: none above {attack.none:.0%}, "
                f"all up to {attack.enough:.0%}. Does each pixel change by the whole budget, in the direction in which the "
                "loss rises?",
            )

    def _trained(self, weights: given.Weights, images: np.ndarray, labels: np.ndarray) -> given.Weights:
        """Return the weights of a network after the submission's training, and fail unless they are weights."""
        match self.ask("train_robust", weights, images, labels, EPOCHS, 0, seconds=TRAIN_SECONDS):
            case (list(after), list(history)) if [type(loss) for loss in history] == [float] * EPOCHS:
                is_finite = np.isfinite(history).all()
            case _:
                is_finite = False
        if not is_finite:
            self.fail_with(
                Verdict.WRONG, f"train_robust must return a list of one finite loss for each of the {EPOCHS} epochs."
            )
        are_floats = all(isinstance(each, np.ndarray) and each.dtype == np.float32 for each in after)
        if not are_floats or [each.shape for each in after] != [each.shape for each in weights]:
            self.fail_with(Verdict.WRONG, "After train_robust, the network has other layers than before.")
        if not all(np.isfinite(each).all() for each in after):
            self.fail_with(
                Verdict.WRONG, "After train_robust, weights are NaN or infinity. Is the learning rate too large?"
            )
        return after

    def _changed(self, function: str, images: np.ndarray, *arguments) -> np.ndarray:
        """Return the images that a function returns; fail unless they are images and the given ones are unchanged."""
        match self.ask(function, images, *arguments):
            case (changed, np.ndarray() as left) if np.array_equal(left, images):
                pass
            case _:
                self.fail_with(Verdict.WRONG, f"{function} has changed the images that it was given: return new ones.")
        return self._images(function, changed, images)

    def _images(self, function: str, changed, images: np.ndarray) -> np.ndarray:
        """Return what a function returned; fail unless it is images of the same shape."""
        if not isinstance(changed, np.ndarray) or changed.dtype != np.float32 or changed.shape != images.shape:
            received = f"{changed.shape} of {changed.dtype}" if isinstance(changed, np.ndarray) else type_in_words(changed)
            self.fail_with(
                Verdict.WRONG,
                f"{function} must return float32 images of shape {images.shape}, but returned {received}.",
            )
        if not np.isfinite(changed).all():
            self.fail_with(Verdict.WRONG, f"{function} returned images that hold NaN or infinity.")
        return changed

    def _require_noise(self) -> None:
        """Fail unless noise is normal, of the right deviation, drawn for each pixel, repeatable and cut off at 0 and 1."""
        gray = np.full((GRAYS, 1, SIDE, SIDE), 0.5, np.float32)
        one, again, other = (self._changed("noisy", gray, SPREAD, seed) for seed in (1, 1, 2))
        noise = (one - gray).astype(np.float64).reshape(GRAYS, -1) / SPREAD
        chance = SIGMAS / noise.size**0.5
        beside = float((noise[:, 1:] * noise[:, :-1]).mean() / (noise.var() or 1.0))
        between = float((noise[1:] * noise[:-1]).mean() / (noise.var() or 1.0))
        beyond = float((abs(noise) > 2).mean())
        said = (
            (not np.array_equal(one, again), "The same seed must give the same noise, but gave different noise."),
            (np.array_equal(one, other), "Another seed must give different noise, but gave the same."),
            (abs(beside) > chance, "Pixels beside each other get noise that is alike: draw a number for each pixel."),
            (abs(between) > chance, "Images get noise that is alike: draw a number for each pixel of each image."),
            (abs(noise.mean()) > chance, f"The noise has a mean of {SPREAD * noise.mean():.3g}, but it must be 0."),
            (
                abs(noise.std() - 1) > chance,
                f"With deviation={SPREAD}, the noise has a standard deviation of {SPREAD * noise.std():.3g}.",
            ),
            (
                abs(beyond - 0.0455) > 0.21 * chance,
                f"{beyond:.1%} of the noise is larger than 2 standard deviations; for normal noise, it should be 4.6%.",
            ),
        )
        for is_wrong, sentence in said:
            if is_wrong:
                self.fail_with(Verdict.WRONG, f"noisy: {sentence}")
        for level in (0.0, 1.0):
            changed = self._changed("noisy", np.full_like(gray, level), SPREAD, 3)
            if changed.min() < 0 or changed.max() > 1:
                self.fail_with(Verdict.WRONG, "noisy: a number below 0 must become 0, and one above 1 must become 1.")
            if not 0.45 < (changed == level).mean() < 0.55:
                self.fail_with(
                    Verdict.WRONG,
                    f"noisy: half of the pixels that are {level:g} must stay so exactly, since noise on one side is cut "
                    f"off, but {(changed == level).mean():.0%} do.",
                )


def _guess(changed: np.ndarray, images: np.ndarray, down: int, right: int) -> str:
    """Say which mistake gives these images, if one does."""
    mistakes = {
        "They are moved the other way.": given.moved(images, -down, -right),
        "Pixels that leave on one side come in on the other: these must be black.": np.roll(images, (down, right), (2, 3)),
        "Down and right are swapped.": given.moved(images, right, down),
        "They are unchanged.": images,
    }
    return next((sentence for sentence, wrong in mistakes.items() if np.array_equal(changed, wrong)), "")
