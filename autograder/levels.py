"""Levels of hints: first what is wrong, then the mistake by name, then the numbers behind it."""

from dataclasses import replace
from enum import IntEnum

from autograder.feedback import Failure


class Level(IntEnum):
    """How much of a failure is shown; each level shows what the one before it does."""

    WRONG = 0  # the call, what is wrong with the answer, and the lines of an exception
    MISTAKE = 1  # the hint, which names the mistake if it is known
    NUMBERS = 2  # how to compute the right number, and tables


def shown(failure: Failure, level: Level) -> Failure:
    """Return the part of a failure that a level shows."""
    if level < Level.MISTAKE:
        failure = replace(failure, hint=None, misconception="")
    return failure if level is Level.NUMBERS else replace(failure, working="", grids=[], sliding=None)


def offer(failure: Failure, level: Level, command: str) -> str:
    """Return a sentence on how to see more of a failure than this level shows; "" if there is nothing more.

    command: what checks it, such as "python check.pyz 1.2".
    """
    if level < Level.MISTAKE and failure.hint:
        return f"`{command} --hint` names the mistake."
    if level < Level.NUMBERS and (failure.working or failure.grids):
        return f"`{command} --show` shows the numbers."
    return ""
