"""Part 4: a network that is transferred to other classes.

The student's code decides what is shared and what is frozen; training runs in a worker without it. So only what the given
network knows can bring an advantage, and the student's code never sees an image of the new classes.
"""

from dataclasses import dataclass

import numpy as np

from autograder.authoring import CheckFailed, Curves, Verdict, datasets, number
from autograder.networks import NetworkPart

from . import given

NEW = range(5, 10)  # the digits to which the network is transferred: it knows the others
IMAGES, HELD_OUT = 20, 100  # of each of them, for training and for testing
FOUND = 300  # of each of them, from which each training draws these
EPOCHS, TRAININGS = 10, 20
LAST = 3  # epochs whose mean is where a curve ends
# How large each advantage has to be. benchmarks/transfer_and_failures.py measures it; docs/thresholds.md shows it.
HIGHER_START, HIGHER_ASYMPTOTE = 0.05, 0.01  # of accuracy
SLOPE, NEAR = 0.5, 0.01  # the share of the epochs after which it must be this near to where a new one ends


@dataclass(frozen=True)
class Transferred:
    """What the student's function makes of a network."""

    parameters: list[np.ndarray]
    learn: list[bool]
    left: list[np.ndarray]  # parameters of the given network, after those of the new one were changed
    left_learn: list[bool]


@dataclass(frozen=True)
class Trained:
    """Accuracies on held-out images after each epoch, (epochs,), each the mean of several trainings."""

    transferred: np.ndarray
    new: np.ndarray

    @property
    def ends(self) -> tuple[float, float]:
        """Where both curves end."""
        return float(self.transferred[-LAST:].mean()), float(self.new[-LAST:].mean())

    @property
    def epochs(self) -> float:
        """The first epoch after which the transferred network is nearly where the new one ends."""
        reached = np.flatnonzero(self.transferred >= self.ends[1] - NEAR)
        return float(reached[0] + 1) if reached.size else np.inf


class Transfer(NetworkPart):
    """transfer.py: transfer."""

    harness = {"transferred": "transfer", "learning": "the training"}

    @property
    def mnist(self) -> "datasets.Stored | None":
        """MNIST, if it is here."""
        return self.stored("mnist")

    @number("4.1")
    def test_layers(self):
        """transfer: the same layers except a new last one, and the trained network unchanged"""
        trained = given.network("first_five")
        for classes in (3, 5, 7):
            built = self._transferred(classes)
            if not all(map(np.array_equal, built.left, trained)):
                self.fail_with(
                    Verdict.WRONG,
                    "When the new network learns, the trained one changes too: both share layers. Copy what you "
                    "take, for example with copy.deepcopy.",
                )
            if not all(built.left_learn):
                self.fail_with(
                    Verdict.WRONG,
                    "The parameters of the trained network itself are frozen afterwards. Copy what you take, and freeze "
                    "the copy.",
                )

    @number("4.2")
    def test_start(self):
        """transfer: a higher start"""
        trained = self._trained()
        steps = [str(epoch) for epoch in range(1, EPOCHS + 1)]
        lines = {"transferred": trained.transferred.tolist(), "new": trained.new.tolist()}
        self.charts.append(Curves("Accuracy after each epoch", steps, lines))
        self._require(
            trained.transferred[0] - trained.new[0] >= HIGHER_START,
            f"After one epoch, the transferred network recognises {trained.transferred[0]:.1%}, a new one "
            f"{trained.new[0]:.1%}.",
            f"Its start must be higher by {HIGHER_START:.0%} of the images.",
        )

    @number("4.3")
    def test_slope(self):
        """transfer: a higher slope"""
        trained = self._trained()
        when = f"after {trained.epochs:g} epochs" if np.isfinite(trained.epochs) else "never"
        self._require(
            trained.epochs <= SLOPE * EPOCHS,
            f"A new network ends at {trained.ends[1]:.1%} after {EPOCHS} epochs; the transferred one comes within a point "
            f"of that {when}.",
            f"The transferred one must get there within {SLOPE * EPOCHS:g} epochs.",
        )

    @number("4.4")
    def test_asymptote(self):
        """transfer: a higher asymptote"""
        transferred, new = self._trained().ends
        self._require(
            transferred - new >= HIGHER_ASYMPTOTE,
            f"In the last {LAST} epochs, the transferred network recognises {transferred:.1%}, a new one {new:.1%}.",
            f"Its asymptote must be higher by {HIGHER_ASYMPTOTE:.0%} of the images.",
        )

    def _require(self, reached: bool, found: str, asked: str) -> None:
        """Note what was found, and fail unless an advantage is reached."""
        self.notes.append(
            f"{found} (Mean of {TRAININGS} trainings of each on {IMAGES} images of each class, tested on {HELD_OUT}: "
            f"{given.source(self.mnist)}.)"
        )
        if not reached:
            self.fail_with(
                Verdict.WRONG,
                f"{asked} Which layers know something about any digit, and which only about those of the old "
                "classes? A layer that is not shared has random weights; one that is frozen can't adapt.",
            )

    def _trained(self) -> Trained:
        """Return the curves, or raise the failure: the same for all checks."""
        kept = self.grading.kept
        if "curves" not in kept:
            try:
                kept["curves"] = self._train()
            except CheckFailed as failed:
                kept["curves"] = failed
        if isinstance(kept["curves"], CheckFailed):
            raise kept["curves"]
        return kept["curves"]

    def _train(self) -> Trained:
        """Train the student's network and a new one several times, both from the same seed and on the same images."""
        built, trained = self._transferred(len(NEW)), given.network("first_five")
        # Layers that are not shared start with our random weights: only what the given network knows can help.
        shared = [np.array_equal(new, old) for new, old in zip(built.parameters, trained)]
        both = (shared, built.learn), ([False] * len(trained), [True] * len(trained))
        images, labels = given.digits(self.mnist, FOUND, self.secret("images"), NEW)
        places, classes = [np.flatnonzero(labels == digit) for digit in NEW], labels - NEW[0]
        curves = []
        for training in range(TRAININGS):
            random = self.secret(f"training {training}")
            chosen = np.array([random.permutation(each)[: IMAGES + HELD_OUT] for each in places])
            learned, asked = chosen[:, :IMAGES].ravel(), chosen[:, IMAGES:].ravel()
            alike = images[learned], classes[learned], images[asked], EPOCHS, int(random.integers(2**31))
            taken_for = [self.ask_alone("learning", trained, *way, *alike) for way in both]
            curves.append([(each == classes[asked]).mean(axis=1) for each in taken_for])
        return Trained(*np.mean(curves, axis=0))

    def _transferred(self, classes: int) -> Transferred:
        """Return what the student's function makes of the trained network, and fail unless it has the right layers."""
        trained = given.network("first_five")
        images, _ = given.digits(self.mnist, 1, self.secret("probes"))
        match self.ask("transferred", trained, classes, images):
            case (list(new), list(learn), np.ndarray() as logits, list(left), list(left_learn)):
                built = Transferred(new, learn, left, left_learn)
            case _:
                self.fail_with(Verdict.WRONG, "transfer must return a network that maps images to logits.")
        last = (classes, trained[-2].shape[1]), (classes,)
        shapes = [*(each.shape for each in trained[:-2]), *last]
        returned = [each.shape for each in built.parameters if isinstance(each, np.ndarray) and each.dtype.kind == "f"]
        if returned != shapes or [type(each) for each in built.learn] != [bool] * len(shapes):
            self.fail_with(
                Verdict.WRONG,
                f"For {classes} classes the new network must have parameters of shapes {_listed(shapes)}, "
                f"but has {_listed(returned)}.",
            )
        expected = given.logits([each.astype(np.float32) for each in built.parameters], images)
        if logits.shape != expected.shape or not np.allclose(logits, expected, atol=1e-3 * (1 + abs(expected).max())):
            self.fail_with(
                Verdict.WRONG,
                "The new network has the right parameters, but computes something else with them than the trained one "
                "would. Is a layer without parameters missing, such as a ReLU, or one too many?",
            )
        if np.array_equal(built.parameters[-2], trained[-2]):
            self.fail_with(
                Verdict.WRONG, "The last layer is still that of the old classes. The new classes need their own."
            )
        if not all(built.learn[-2:]):
            self.fail_with(Verdict.WRONG, "The last layer is frozen, so the new network can't learn the new classes.")
        return built


def _listed(shapes: list) -> str:
    return ", ".join(map(str, shapes)) or "none"
