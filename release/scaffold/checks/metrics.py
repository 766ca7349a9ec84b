"""The checks of the part "metrics"."""

import numpy as np

from autograder.authoring import Part, number, partial_credit

PREDICTIONS, LABELS = np.array([0, 1, 1, 2, 2]), np.array([0, 1, 2, 2, 2])


class Metrics(Part):
    """metrics.py: accuracy and confusion."""

    # Each check is a method. Its number has its points in assignment.toml, and its docstring is the title that students
    # read. `self.case` is one call of the student's function: its name, then the arguments. You never write down
    # the expected answer: it comes from reference.py or, if that has no reference, from your master.

    @number("1.1")
    def test_accuracy_by_hand(self):
        """accuracy: five examples"""
        self.require(
            self.case("accuracy", PREDICTIONS, LABELS),
            self.case("accuracy", LABELS, LABELS),
            self.case("accuracy", (LABELS + 1) % 3, LABELS),  # all of them are wrong
        )

    # A check with partial credit gives points for each group of cases that is right. Students read the names of the groups.

    @number("1.2")
    @partial_credit
    def test_confusion_by_hand(self, set_score=None):
        """confusion: two classes and three"""
        self.require_share(
            set_score,
            {
                "two classes": [self.case("confusion", np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), 2)],
                "three classes": [self.case("confusion", PREDICTIONS, LABELS, 3)],
            },
        )

    # Hidden checks draw their cases from a secret, with `self.random` (a NumPy generator) and `self.between(least, end)`.
    # `self.draw` repeats your draw until the cases detect every misconception in reference.py and every program in wrong/
    # that must fail this check, so that nobody passes or fails by luck.

    @number("1.3")
    def test_accuracy_any(self):
        """accuracy: any number of examples and classes"""

        def draw():
            return [self.case("accuracy", *self._examples(classes)) for classes in (2, 3, self.between(4, 9))]

        self.require(*self.draw(draw))

    @number("1.4")
    def test_confusion_any(self):
        """confusion: any number of examples and classes, including classes that do not occur"""

        def draw():
            return [self.case("confusion", *self._examples(classes), classes) for classes in (2, 3, self.between(4, 9))]

        self.require(*self.draw(draw))

    def _examples(self, classes):
        """Draw predictions and labels."""
        return self.random.integers(0, classes, (2, self.between(5, 12)))
