"""Which misconceptions the cases of a check detect."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from autograder import recorded
from autograder.cases import Case
from autograder.part import Check
from autograder.reference import Computed
from autograder.wrong import WRONG
from common.errors import UserError
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
        except Exception as error:
            return Caught(number, seed, fault=f'the misconception "{name}" of {function} breaks: {_place(error, folder)}')
    wanted = {(function, one.name) for function in functions for one in watching.wanted(number, function)}
    return Caught(number, seed, frozenset(functions), frozenset(every), frozenset(wanted), frozenset(detected))


def _ask(folder: Path, check: Check, watching: Watching, seed: str) -> tuple[list[Case], str]:
    """Let a check ask its cases; return them, or what is wrong with the check."""
    try:
        cases = check.cases(watching, seed)
        for case in cases:
            _ = case.expected
        if list(map(recorded.key, cases)) != list(map(recorded.key, check.cases(watching, seed))):
            return [], f"check {check.number} asks other cases each time: draw them from self.random alone"
        return cases, ""
    except UserError as error:
        return [], f"check {check.number}: {error}"
    except Exception as error:
        if undetected := watching.undetected_by.get(check.number or ""):
            return (
                [],
                f"check {check.number} draws no cases that detect {', '.join(sorted(undetected))}: {_ways(undetected)}",
            )
        return [], f"check {check.number} breaks while it asks its cases: {_place(error, folder)}"


def _place(error: Exception, folder: Path) -> str:
    """Say what was raised, and in which line of an assignment's folder."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(f"{folder}/")]
    where = f" ({Path(frames[-1].filename).relative_to(folder)}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def _ways(undetected: set[str]) -> str:
    """Say what can be done about what no case detects."""
    ways = ["draw others"]
    if any(name.startswith(f"{WRONG}/") for name in undetected):
        ways.append("correct the verdicts in the program's docstring")
    if any(not name.startswith(f"{WRONG}/") for name in undetected):
        ways.append("name the misconceptions that self.draw must catch here")
    return f"{', '.join(ways[:-1])}, or {ways[-1]}"
