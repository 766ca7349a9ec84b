"""What a misconception is, and the bank that holds all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong way to do an operation, as code that runs."""

    name: str  # "flipped kernel"
    operation: str  # the function of the homework that it distorts
    sentence: str  # what a student who holds it should read
    answer: Callable[..., Any]  # takes the operation's arguments, returns the wrong answer


_BANK: list[Misconception] = []


def misconception(*operations: str, says: str) -> Callable[[Callable], Callable]:
    """Enter the decorated function into the bank, under its own name, for each of the operations."""

    def enter(answer: Callable) -> Callable:
        name = answer.__name__.replace("_", " ")
        _BANK.extend(Misconception(name, operation, says, answer) for operation in operations)
        return answer

    return enter


def everything() -> list[Misconception]:
    """Return all misconceptions, once for each operation that they distort."""
    return list(_BANK)


def about(operation: str) -> list[Misconception]:
    """Return the misconceptions that distort the operation."""
    return [one for one in _BANK if one.operation == operation]
