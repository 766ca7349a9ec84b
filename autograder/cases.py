"""A case: one call of a student's function, what it must return, and how near is right."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Answer = Any  # an array, or a number


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

    def accepts(self, answer: Answer) -> bool:
        """Tell whether an answer is right."""
        return is_right(answer, self.expected, self.answers.tolerance)

    def lookalike(self, answer: Answer) -> Lookalike | None:
        """Return the misconception that gives exactly this answer, if one does."""
        return next((each for each in self.answers.lookalikes if _alike(answer, each.answer)), None)

    def __str__(self) -> str:
        parts = [_shown(argument) for argument in self.arguments]
        parts += [f"{name}={_shown(value)}" for name, value in self.options.items()]
        return f"{self.function}({', '.join(parts)})"


def is_right(answer: Answer, expected: Answer, tolerance: np.ndarray | float) -> bool:
    """Tell whether an answer has the type and shape of the expected one, and lies within the tolerance everywhere."""
    if not isinstance(expected, np.ndarray):
        return type(answer) is type(expected) and answer == expected
    if np.shape(answer) != expected.shape:
        return False
    return bool((abs(answer - expected) <= tolerance).all())  # a NaN is within no tolerance


def _alike(answer: Answer, wrong: Answer) -> bool:
    """Tell whether an answer is a wrong one, up to rounding."""
    if not isinstance(answer, np.ndarray):
        return type(answer) is type(wrong) and answer == wrong
    return answer.shape == np.shape(wrong) and np.allclose(answer, wrong, rtol=1e-5, atol=1e-5)


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        return f"{shape} {value.dtype}"
    return repr(value)
