"""A case: one call of a student's function, what it must return, and how near is right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from autograder.calls import in_brief
from autograder.sandbox.replay import Request
from autograder.working import Working

# An array, a number, a truth value, a text, None, or a list, tuple or dict of these.
Answer = Any


@dataclass(frozen=True)
class Lookalike:
    """A wrong answer, and the misconception that gives it. breaks: it gives none, since a program that holds it breaks."""

    name: str
    sentence: str
    answer: Answer
    breaks: bool = False


class Answers(Protocol):
    """What is known of a call: computed by a reference, or recorded from it."""

    @property
    def expected(self) -> Answer:
        """The right answer."""

    @property
    def tolerance(self) -> np.ndarray | float | None:
        """How far from the right answer each number of an honest one may lie; None for compare.near's own measure."""

    @property
    def lookalikes(self) -> list[Lookalike]:
        """The wrong answers that misconceptions give here."""

    @property
    def working(self) -> Working | None:
        """How the right answer comes about, if that is known."""


@dataclass(frozen=True)
class Case:
    """A call and its answers. explain: draws a wrong answer, as feedback.outputs does."""

    function: str
    arguments: tuple
    options: dict[str, Any]
    answers: Answers
    explain: Callable

    @property
    def expected(self) -> Answer:
        """The right answer."""
        return self.answers.expected

    @cached_property
    def request(self) -> Request:
        """The call as a worker is asked for it."""
        return Request.of(self.function, self.arguments, self.options)

    def __str__(self) -> str:
        return in_brief(self.function, self.arguments, self.options)


Asked = Sequence[tuple[Case, Answer]]  # cases, and what came back
