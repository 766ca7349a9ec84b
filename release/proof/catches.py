"""Which misconceptions the cases of a check detect."""

from dataclasses import dataclass
from pathlib import Path

from autograder.part import Check
from autograder.reference import Computed
from release.proof.outline import ask, place
from release.proof.watching import Watching

Pairs = frozenset[tuple[str, str]]  # of a function and one of its misconceptions


@dataclass(frozen=True)
class Caught:
    """What a check detects under a seed.

    every: the misconceptions of all functions that it calls; wanted: those of them that it is about, which are all where
    self.draw names none; detected: those that show in its cases.
    """

    check: str
    seed: str
    functions: frozenset[str] = frozenset()
    every: Pairs = frozenset()
    wanted: Pairs = frozenset()
    detected: Pairs = frozenset()
    fault: str = ""


def caught(folder: Path, check: Check, watching: Watching, seed: str) -> Caught:
    """Return what the cases of a check detect under a seed."""
    number = check.number or ""
    cases, fault = ask(folder, check, watching, seed)
    if fault:
        return Caught(number, seed, fault=fault)
    functions = sorted({case.function for case in cases})
    every = {(function, one.name): one for function in functions for one in watching.function(function).misconceptions}
    detected = set()
    for (function, name), one in every.items():
        answers = [case.answers for case in cases if case.function == function]
        try:
            if any(isinstance(each, Computed) and each.lookalike(one) for each in answers):
                detected.add((function, name))
        except Exception as error:
            return Caught(number, seed, fault=f'the misconception "{name}" of {function} breaks: {place(error, folder)}')
    wanted = {(function, one.name) for function in functions for one in watching.wanted(number, function)}
    return Caught(number, seed, frozenset(functions), frozenset(every), frozenset(wanted), frozenset(detected))
