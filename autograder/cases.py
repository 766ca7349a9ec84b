"""A case: one call of a student's function, what it must return, and how close is close enough."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from autograder.calls import in_brief
from autograder.sandbox.child.wire import Value
from autograder.sandbox.replay import Request
from autograder.working import Working

if TYPE_CHECKING:
    from autograder.feedback import Picture

# An array, a number, a truth value, a text, None, or a list, tuple or dict of these.
Answer = Any


Explain = Callable[..., "Picture"]  # draws a wrong answer, as feedback.outputs does


@dataclass(frozen=True)
class Lookalike:
    """A wrong answer, and the misconception that gives it. breaks: a program with it crashes instead."""

    name: str
    sentence: str
    answer: Answer
    breaks: bool = False


class Answers(Protocol):
    """The expected answer to a call, and what goes with it: computed by a reference, or recorded from one."""

    @property
    def expected(self) -> Answer:
        """The right answer."""

    @property
    def tolerance(self) -> NDArray[Any] | float | None:
        """How far from the right answer each number of an honest one may be; None for compare.near's own measure."""

    @property
    def lookalikes(self) -> list[Lookalike]:
        """The wrong answers that misconceptions give here."""

    @property
    def working(self) -> Working | None:
        """How to get the expected answer, if that is known."""


@dataclass(frozen=True)
class Case:
    """A call and its answers. explain: draws a wrong answer, as feedback.outputs does."""

    function: str
    arguments: tuple[Value, ...]
    options: dict[str, Value]
    answers: Answers
    explain: Explain

    @property
    def expected(self) -> Answer:
        """The right answer."""
        return self.answers.expected

    @cached_property
    def request(self) -> Request:
        """The call as it is sent to a worker."""
        return Request.of(self.function, self.arguments, self.options)

    def __str__(self) -> str:
        return in_brief(self.function, self.arguments, self.options)


Asked = Sequence[tuple[Case, Answer]]  # cases, and what came back
Drawn = tuple[type, str, str]  # a part, one of its checks, and the state of the random numbers that the cases come from


class Oracle(Protocol):
    """Makes cases and knows the right answers: a Reference, or the expected answers that were recorded from one.

    drawn: cases, and the state of the random numbers behind them, by what they were drawn from. ahead: seeds and checks
    whose cases were drawn before they were asked. asked: cases by part and request, which a whole class shares.
    """

    drawn: dict[Drawn, tuple[list[Case], Any]]
    ahead: set[tuple[str, str]]
    asked: dict[tuple[type, bytes], Case]

    def case(self, function: str, arguments: tuple[Value, ...], options: dict[str, Value], explain: Explain) -> Case:
        """Return a case."""

    def undetected(self, check: str, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return what none of a check's cases detects."""
