"""From what the autograder found to what stands: attempts, lateness, overrides and comments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch import people
from batch.grades import Comment, Grade, Override
from batch.records import Graded, HandedIn


@dataclass(frozen=True)
class Policy:
    """The rules of a class, as they were given last."""


def settle(graded: Graded, policy: Policy, overrides: Sequence[Override], comments: Sequence[Comment]) -> list[Grade]:
    """Return the grade of each submission, in the order of the keys."""
    return [
        Grade(handed_in, record, tuple(_of(handed_in, overrides)), tuple(_of(handed_in, comments)))
        for handed_in, record in graded
    ]


def _of(handed_in: HandedIn, said: Iterable) -> Iterable:
    return (each for each in said if people.owns(each.student, handed_in))
