"""Answers as data: what is right without the kernels that say so.

Students get the answers to the public checks, Gradescope those to all: neither gets the kernels, which are the solution.
"""

import hashlib
import pkgutil
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.cases import Answer, Case, Lookalike
from autograder.sandbox.inside import wire

FILE = "answers"  # beside this module, in what students and Gradescope get


@dataclass(frozen=True)
class Known:
    """Answers that were computed before."""

    expected: Answer
    tolerance: np.ndarray | float
    lookalikes: list[Lookalike]


class Unknown:
    """Stands for answers that were not recorded: cases that were drawn, but detect too little to be asked."""

    @property
    def expected(self) -> Answer:
        """Raise LookupError: nobody can be graded against nothing."""
        raise LookupError("the answer to this case was not recorded")

    tolerance = lookalikes = expected


class Recorded:
    """Makes the cases that were recorded, with their answers."""

    def __init__(self, content: bytes):
        answers = wire.unpack(content)
        self._answers = {
            key: Known(expected, tolerance, [Lookalike(*each) for each in lookalikes])
            for key, (expected, tolerance, lookalikes) in answers
        }
        self.drawn: dict[tuple, tuple[list[Case], Any]] = {}  # as in the reference

    def case(self, check: str, function: str, arguments: tuple, options: dict[str, Any]) -> Case:
        """Return a case of a check."""
        return Case(function, arguments, options, self._answers.get(_key(function, arguments, options), Unknown()))

    def undetected(self, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return the calls that were not recorded: cases are recorded when they tell all misconceptions from the truth."""
        return {str(case) for case in cases if isinstance(case.answers, Unknown)}


def record(cases: list[Case]) -> bytes:
    """Return the content of the file: the answers to the cases."""
    answers = {}
    for case in cases:
        lookalikes = [(each.name, each.sentence, each.answer) for each in case.answers.lookalikes]
        key = _key(case.function, case.arguments, case.options)
        answers[key] = (case.expected, case.answers.tolerance, lookalikes)
    return wire.pack(list(answers.items()))


def load() -> Recorded | None:
    """Return the recorded answers, or None where there are none: then the reference kernels are."""
    try:
        return Recorded(pkgutil.get_data("autograder", FILE) or b"")
    except OSError:
        return None


def _key(function: str, arguments: tuple, options: dict[str, Any]) -> str:
    return hashlib.sha256(wire.pack([function, arguments, options])).hexdigest()
