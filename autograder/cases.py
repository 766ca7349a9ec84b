"""A case: one call of a student's function, what it must return, and how near is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Answer = Any  # an array, or a number
MOST_NUMBERS = 1_000_000  # in an array that may be right: a larger one is not made larger still
# How many arguments a function must be given, and the others in their order.
SIGNATURES = {
    "output_size": (2, ("stride", "padding")),
    "conv2d": (2, ("stride", "padding", "padding_value")),
    "conv2d_channels": (2, ("bias", "stride", "padding")),
    "pool2d": (1, ("size", "stride", "mode")),
    "count_dense": (1, ("bias",)),
    "count_conv": (3, ("bias",)),
    "count_network": (2, ("bias",)),
}


@dataclass(frozen=True)
class Lookalike:
    """A wrong answer, and the misconception that gives it."""

    name: str
    sentence: str
    answer: Answer


class Answers(Protocol):
    """What is known of a call: computed by the reference kernels, or recorded from them."""

    @property
    def expected(self) -> Answer:
        """The right answer."""

    @property
    def tolerance(self) -> np.ndarray | float:
        """How far from the right answer each element of an honest one may lie."""

    @property
    def lookalikes(self) -> list[Lookalike]:
        """The wrong answers that misconceptions give here."""


@dataclass(frozen=True)
class Case:
    """A call and its answers."""

    function: str
    arguments: tuple
    options: dict[str, Any]
    answers: Answers

    @property
    def expected(self) -> Answer:
        """The right answer."""
        return self.answers.expected

    def by_name(self) -> tuple[tuple, dict[str, Any]]:
        """Return the arguments that must be given, and all others by their names."""
        return by_name(self.function, self.arguments, self.options)

    def accepts(self, answer: Answer) -> bool:
        """Return whether an answer is right."""
        return is_right(answer, self.answers)

    def is_explained_by(self, misconception: str, answer: Answer) -> bool:
        """Return whether the misconception of this name gives exactly this answer, be it wrong or right."""
        wrong = next((each.answer for each in self.answers.lookalikes if each.name == misconception), None)
        return self.accepts(answer) if wrong is None else _alike(answer, wrong)

    def __str__(self) -> str:
        parts = [_shown(argument) for argument in self.arguments]
        parts += [f"{name}={_shown(value)}" for name, value in self.options.items()]
        return f"{self.function}({', '.join(parts)})"


def by_name(function: str, arguments: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Return the arguments that a function must be given, and all others by their names."""
    required, names = SIGNATURES[function]
    return arguments[:required], dict(zip(names, arguments[required:])) | options


def explanation(answers: Sequence[tuple[Case, Answer]]) -> Lookalike | None:
    """Return the misconception that gives all of these answers, the wrong ones and the right ones, if one does.

    A single small number may fit by accident, and then a hint misleads.
    """
    first_wrong = next((case for case, answer in answers if not case.accepts(answer)), None)
    suspects = first_wrong.answers.lookalikes if first_wrong else []
    return next((one for one in suspects if all(case.is_explained_by(one.name, answer) for case, answer in answers)), None)


def plain(answer: Any) -> Answer:
    """Return an answer as it is compared: arrays in float64, NumPy's integers as Python's, everything else as it is."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind in "biuf" and answer.size <= MOST_NUMBERS:
        with np.errstate(all="ignore"):  # numbers of a wider type may be too large: they become infinite, which is wrong
            return answer.astype(np.float64)
    return int(answer) if isinstance(answer, np.integer) else answer


def is_right(answer: Answer, right: Answers) -> bool:
    """Return whether an answer has the type and shape of the expected one, and lies within the tolerance everywhere."""
    expected = right.expected
    if not isinstance(expected, np.ndarray):
        return type(answer) is type(expected) and answer == expected
    return _are_floats(answer) and answer.shape == expected.shape and not wrong_places(answer, right).any()


def wrong_places(answer: np.ndarray, right: Answers) -> np.ndarray:
    """Return where an array of the right shape is wrong. A NaN is within no tolerance."""
    if np.array_equal(answer, right.expected):  # most often: the tolerance need not be computed
        return np.zeros(answer.shape, bool)
    return ~(abs(answer - right.expected) <= right.tolerance)


def _alike(answer: Answer, wrong: Answer) -> bool:
    """Return whether an answer is a wrong one, up to rounding."""
    if not isinstance(wrong, np.ndarray):
        return type(answer) is type(wrong) and answer == wrong
    return _are_floats(answer) and answer.shape == wrong.shape and np.allclose(answer, wrong, rtol=1e-5, atol=1e-5)


def _are_floats(answer: Answer) -> bool:
    return isinstance(answer, np.ndarray) and answer.dtype.kind == "f"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        return f"{shape} {value.dtype}"
    return repr(value)
