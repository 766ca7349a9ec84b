"""Which misconceptions the cases of a check detect."""

from dataclasses import dataclass
from pathlib import Path

from autograder.cases import Case
from autograder.part import Check, NothingDetects
from autograder.reference import Computed
from autograder.wrong_programs import WRONG
from common.errors import UserError
from common.loading import said
from release.bundle import asks_others
from release.proof.watching import Watching

Pairs = frozenset[tuple[str, str]]  # of a function and one of its misconceptions


@dataclass(frozen=True)
class Caught:
    """What a check detects under a seed.

    every: the misconceptions of all functions that it calls; wanted: those that it is about, which self.draw names, or all;
    detected: those that its cases detect.
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
    cases, fault = _ask(folder, check, watching, seed)
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
        except UserError as error:
            return Caught(number, seed, fault=str(error))
    wanted = {(function, one.name) for function in functions for one in watching.wanted(number, function)}
    return Caught(number, seed, frozenset(functions), frozenset(every), frozenset(wanted), frozenset(detected))


def _ask(folder: Path, check: Check, watching: Watching, seed: str) -> tuple[list[Case], str]:
    """Let a check ask its cases; return them, and what is wrong with the check."""
    try:
        cases = check.cases(watching, seed)
        for case in cases:
            _ = case.expected
        if others := asks_others(check, cases, watching, seed):
            return [], others
        return cases, ""
    except UserError as error:
        return [], f"check {check.number}: {error}"
    except NothingDetects as error:
        return [], f"{error}: {_ways(error.undetected)}"
    except Exception as error:
        return [], f"check {check.number} breaks while it asks its cases: {said(error, folder)}"


def _ways(undetected: set[str]) -> str:
    """Say what to do about wrong behaviour that no case detects."""
    ways = ["draw others"]
    if any(name.startswith(f"{WRONG}/") for name in undetected):
        ways.append("correct the verdicts in the program's docstring")
    if any(not name.startswith(f"{WRONG}/") for name in undetected):
        ways.append("name the misconceptions that self.draw must catch here")
    return f"{', '.join(ways[:-1])}, or {ways[-1]}"
