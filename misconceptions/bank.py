"""What a misconception is, and the bank that holds all of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

Answer = TypeVar("Answer", bound=Callable[..., object])


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong way to do an operation, as code that runs."""

    name: str  # "flipped kernel"
    operation: str  # the function of the homework that it distorts
    sentence: str  # what a student who holds it should read
    answer: Callable[..., Any]  # takes the operation's arguments, returns the wrong answer
    tags: frozenset[str] = frozenset()  # what it is about, where some questions leave that out: "stride"


_BANK: list[Misconception] = []
_SLIPS: list[Misconception] = []


def misconception(*operations: str, says: str, tags: Collection[str] = ()) -> Callable[[Answer], Answer]:
    """Enter the decorated function into the bank, under its own name, for each of the operations."""
    return _entering(_BANK, operations, says, tags)


def slip(*operations: str, says: str) -> Callable[[Answer], Answer]:
    """Enter what only a program gets wrong: nobody believes it, so that no question of a quiz offers its answer."""
    return _entering(_SLIPS, operations, says, ())


def _entering(
    entries: list[Misconception], operations: Collection[str], says: str, tags: Collection[str]
) -> Callable[[Answer], Answer]:
    def enter(answer: Answer) -> Answer:
        name = answer.__name__.replace("_", " ")
        entries.extend(Misconception(name, operation, says, answer, frozenset(tags)) for operation in operations)
        return answer

    return enter


def everything() -> list[Misconception]:
    """Return all misconceptions, once for each operation that they distort."""
    return list(_BANK)


def in_programs(operation: str) -> list[Misconception]:
    """Return all wrong ways that programs do the operation: the misconceptions about it, then the slips."""
    return about(operation) + [one for one in _SLIPS if one.operation == operation]


def about(operation: str, without: Collection[str] = ()) -> list[Misconception]:
    """Return the misconceptions that distort the operation, except those with one of the tags in `without`.

    Raises ValueError for a tag that none of them has.
    """
    found = [one for one in _BANK if one.operation == operation]
    unknown = set(without).difference(*(one.tags for one in found))
    if unknown:
        raise ValueError(f"no misconception about {operation} has the tag {min(unknown)!r}")
    return [one for one in found if one.tags.isdisjoint(without)]
