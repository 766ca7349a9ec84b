"""Expected answers as data, without the kernels that compute them.

Students get the answers to the public checks, Gradescope those to all: neither gets the kernels, which are the solution.
"""

import hashlib
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.cases import Answer, Case, Drawn, Explain, Lookalike
from autograder.sandbox.child import wire
from autograder.sandbox.child.wire import Value
from autograder.working import Working

FILE = "answers"  # in the assignment's folder, in what students and Gradescope get
LARGE = 5_000  # numbers of an answer: wrong answers as large would take megabytes, and smaller ones show the same


@dataclass(frozen=True)
class Known:
    """Expected answers that were computed before."""

    expected: Answer
    tolerance: NDArray[Any] | float | None
    lookalikes: list[Lookalike]
    working: Working | None = None


class Unknown:
    """Takes the place of answers that were not recorded, for cases that were drawn but detect too little to be used."""

    @property
    def expected(self) -> Answer:
        """Raise LookupError: without an expected answer nothing can be graded."""
        raise LookupError("the answer to this case was not recorded")

    tolerance = lookalikes = working = expected


class Recorded:
    """Makes the recorded cases, with their expected answers."""

    def __init__(self, content: bytes) -> None:
        answers = wire.unpack(content)
        self._answers = {
            key: Known(
                expected,
                tolerance,
                [Lookalike(*each) for each in lookalikes],
                Working.of_plain(working) if working else None,
            )
            for key, (expected, tolerance, lookalikes, working) in answers
        }
        self.drawn: dict[Drawn, tuple[list[Case], Any]] = {}  # as in the reference
        self.ahead: set[tuple[str, str]] = set()
        self.asked: dict[tuple[type, bytes], Case] = {}

    def case(self, function: str, arguments: tuple[Value, ...], options: dict[str, Value], explain: Explain) -> Case:
        """Return a case."""
        answers = self._answers.get(_key(function, arguments, options), Unknown())
        return Case(function, arguments, options, answers, explain)

    def undetected(self, check: str, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return the calls that were not recorded: cases are recorded once they detect all misconceptions."""
        return {str(case) for case in cases if isinstance(case.answers, Unknown)}


def record(cases: list[Case]) -> bytes:
    """Return the content of the file: the answers to the cases."""
    answers = {}
    for case in cases:
        large = isinstance(case.expected, np.ndarray) and case.expected.size > LARGE
        known = [] if large else case.answers.lookalikes
        lookalikes = [(each.name, each.sentence, _with_one_nan(each.answer), each.breaks) for each in known]
        working, expected = case.answers.working, _with_one_nan(case.expected)
        answers[key(case)] = (expected, case.answers.tolerance, lookalikes, working.plain() if working else None)
    return wire.pack(list(answers.items()))


def key(case: Case) -> str:
    """Return what distinguishes a call from all others."""
    return _key(case.function, case.arguments, case.options)


def load(folder: Path) -> Recorded | None:
    """Return the answers recorded in an assignment's folder; None in one that has its references instead."""
    file = folder / FILE
    return Recorded(file.read_bytes()) if file.is_file() else None


def _key(function: str, arguments: tuple[Value, ...], options: dict[str, Value]) -> str:
    return hashlib.sha256(wire.pack([function, arguments, options])).hexdigest()


def _with_one_nan(answer: Answer) -> Answer:
    """Return an answer in which all NaN have the same bits. As they are computed, their sign depends on the processor."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "f":
        return np.where(np.isnan(answer), answer.dtype.type(np.nan), answer)
    if type(answer) in (list, tuple):
        return type(answer)(map(_with_one_nan, answer))
    if type(answer) is dict:
        return {key: _with_one_nan(value) for key, value in answer.items()}
    return math.nan if type(answer) is float and math.isnan(answer) else answer
