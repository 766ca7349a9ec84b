"""Statements to tick: their truth is found in two ways, and students who tick a false one get an explanation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quizzes.question import Choice, Option


@dataclass(frozen=True)
class Statement:
    """Something that holds or does not."""

    text: str
    holds: bool
    seen: bool  # whether it holds, found in another way
    name: str  # the misconception of a student who ticks it, if it does not hold
    sentence: str  # what that student should read
    praise: str = "Right."  # what students who tick it read, if it holds
    step: str = ""  # what the worked solution says about it, in the variants that offer it


def ticked(statements: Iterable[Statement]) -> dict[str, Any]:
    """Return the key of a question in which several statements can be ticked, and its check."""
    statements = tuple(statements)
    return {
        "key": Choice(tuple(_option(each) for each in statements), several=True),
        "check": tuple(bool(each.seen) for each in statements),
    }


def _option(statement: Statement) -> Option:
    if statement.holds:
        return Option(statement.text, True, statement.praise, step=statement.step)
    return Option(statement.text, False, statement.sentence, statement.name, statement.step)
