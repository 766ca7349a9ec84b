"""Part 4: a network for CIFAR-10.

The grader asks for logits and computes every figure itself: the worker never sees a label of the test images.
"""

from dataclasses import dataclass, field, fields

import numpy as np

from autograder.authoring import Chart, Verdict, datasets, leaderboard, number, partial_credit, require_bounds
from autograder.networks import Bonus, Tested, TestedClassifier, metrics, share

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class Network(Tested):
    """What a trained network has to achieve, and how much it may cost. Raises ValueError for impossible settings."""

    no_points_below: float = 0.43
    all_points_from: float = 0.67
    bonus: list[Bonus] = field(default_factory=list)
    worst_class_no_points_below: float = 0.20
    worst_class_all_points_from: float = 0.40

    def __post_init__(self):
        super().__post_init__()
        numbers = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "bonus"}
        shares = {name: value for name, value in numbers.items() if name.endswith(("_points_below", "_points_from"))}
        counts = {}
        for position, bonus in enumerate(self.bonus, start=1):
            shares[f"bonus number {position}: accuracy"] = bonus.accuracy
            counts[f"bonus number {position}: points"] = bonus.points
        require_bounds(shares, 0.0, 1.0, "from 0 to 1")
        require_bounds(counts, 0.0, 1e9, "0 or more")
        for of in ("", "worst_class_"):
            below, full = f"{of}no_points_below", f"{of}all_points_from"
            if numbers[below] >= numbers[full]:
                raise ValueError(f"{below} must be below {full}")


class Cifar10(TestedClassifier):
    """cifar10.py: build_model, train; and its weights, cifar10.pt or cifar10.safetensors."""

    Settings = Network
    data_set = "cifar10"
    class_names = CIFAR10
    drawn_class_names = datasets.drawn.CLASSES

    @number("4.1")
    def test_build_model(self):
        """build_model: ten logits for each image, the same alone and in any batch"""
        self.require_sound_logits()

    @number("4.2")
    @partial_credit
    def test_train(self, set_score=None):
        """train: a new model learns, and fits one small batch perfectly"""
        self.require_learning(set_score)

    @number("4.3")
    @partial_credit
    def test_accuracy(self, set_score=None):
        """cifar10.pt: accuracy on images of the test set"""
        set_score(0)
        measured = self.measured()
        accuracy = measured.accuracy
        least, most = self.settings.no_points_below, self.settings.all_points_from
        gained = share(accuracy, least, most)
        reached = [bonus for bonus in self.settings.bonus if accuracy >= bonus.accuracy]
        self.extra = sum(bonus.points for bonus in reached)
        set_score(self.check.points * gained + self.extra)
        self.notes.insert(0, f"Accuracy {accuracy:.1%} on {measured.images}.")
        self.notes += [f"{bonus.points:g} extra points for {bonus.accuracy:.0%} or more." for bonus in reached]
        if gained < 1:
            self.fail_with(
                Verdict.WRONG,
                f"An accuracy of {accuracy:.1%} gives {gained:.0%} of the points: "
                f"none below {least:.0%}, all from {most:.0%}.",
                hint=self.why_so_low(measured),
            )

    @number("4.4")
    @partial_credit
    def test_worst_class(self, set_score=None):
        """cifar10.pt: every class is recognised"""
        set_score(0)
        measured = self.measured()
        recalls = metrics.recalls(measured.logits, measured.labels)
        self.charts.append(
            Chart("Images recognised, by class", [(measured.classes[each], recall) for each, recall in recalls.items()])
        )
        worst = min(recalls, key=lambda each: recalls[each])
        guesses = measured.logits[measured.labels == worst].argmax(axis=1)
        guessed = int(np.bincount(guesses, minlength=self.classes).argmax())
        instead = "" if guessed == worst else f" It takes most of them for {measured.classes[guessed]}."
        sentence = f"Worst class: {measured.classes[worst]}, {recalls[worst]:.1%} of its images are recognised.{instead}"
        self.notes.append(sentence)
        least, most = self.settings.worst_class_no_points_below, self.settings.worst_class_all_points_from
        accuracy, enough = measured.accuracy, self.settings.no_points_below
        if accuracy < enough:
            self.fail_with(
                Verdict.WRONG,
                f"A network that recognises only {accuracy:.1%} of all images gets no points for its worst class: "
                f"they begin at {enough:.0%}.",
            )
        gained = share(recalls[worst], least, most)
        set_score(self.check.points * gained)
        if gained < 1:
            self.fail_with(
                Verdict.WRONG,
                f"That gives {gained:.0%} of the points: none below {least:.0%}, all from {most:.0%}. Look at the "
                "confusion matrix in cifar10.ipynb: which images of this class are mistaken for what?",
            )

    @number("4.5")
    def test_size(self):
        """build_model and cifar10.pt: parameters, multiply-adds and the size of the file"""
        self.require_within_budget()

    @leaderboard("accuracy (%)")
    def test_leaderboard_accuracy(self, set_leaderboard_value=None):
        """The accuracy from 4.3."""
        if measured := self.measured_before():
            set_leaderboard_value(round(100 * measured.accuracy, 2))

    @leaderboard("parameters", "asc")
    def test_leaderboard_parameters(self, set_leaderboard_value=None):
        """The size of the network."""
        set_leaderboard_value(self.size().numbers)

    @leaderboard("multiply-adds", "asc")
    def test_leaderboard_multiply_adds(self, set_leaderboard_value=None):
        """The cost of one image."""
        set_leaderboard_value(self.size().multiply_adds)
