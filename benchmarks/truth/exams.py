"""The checks of parts 1 to 3 as they ask under a seed: the one place here that knows the autograder."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from autograder import compare
from autograder.cases import Case, explanation, plain
from autograder.checks import assignment
from autograder.checks.part import Part, is_public, number
from autograder.reference import Reference
from benchmarks.truth.isolation import Patience, TooSlow

PUBLIC = "public"


@dataclass(frozen=True)
class Exam:
    """What one check asks under a seed; the public checks are the same under every seed."""

    check: str
    seed: str
    file: str
    cases: tuple[Case, ...]

    @property
    def functions(self) -> set[str]:
        """The functions that it calls."""
        return {case.function for case in self.cases}

    def failure(self, functions: dict[str, Any], patience: Patience) -> tuple[str, str] | None:
        """Return why a program does not get all points of the check, and the misconception named; None if it does."""
        answers: list[tuple[Case, Any]] = []
        reason = ""
        for case in self.cases:
            arguments, options = deepcopy(list(case.arguments)), deepcopy(case.options)
            try:
                answer = patience.call(lambda: functions[case.function](*arguments, **options))  # noqa: B023
            except (Exception, SystemExit, KeyboardInterrupt, TooSlow) as error:
                return reason or repr(error)[:200], ""
            failure = compare.failure(case, answer, arguments, options)
            answers.append((case, plain(answer)))
            if failure and not reason:
                reason = failure.sentence
                if not any(case.is_explained_by(one.name, answers[-1][1]) for one in case.answers.lookalikes):
                    return reason, ""
        if not reason:
            return None
        wrong = next(case.function for case, answer in answers if not case.accepts(answer))
        found = explanation([(case, answer) for case, answer in answers if case.function == wrong])
        return reason, found.name if found else ""


def checks() -> list[Part]:
    """Return the checks of parts 1 to 3."""
    return [check for check in assignment("cnn").checks() if number(check) and check.needs is None]


def title(check: Part) -> str:
    """Return what a check is about, in one line."""
    return check.shortDescription() or ""


def draw(seeds: list[str], progress: Callable[[Any], Any] = iter) -> list[Exam]:
    """Return the exams of all checks under the seeds, each with everything computed that comparing will need."""
    exams = []
    for check in progress(checks()):
        for seed in [PUBLIC] if is_public(check) else seeds:
            cases = tuple(check.run_without_submission(Reference(), seed))
            for case in cases:
                _ = case.expected, case.answers.tolerance, case.answers.lookalikes
            exams.append(Exam(str(number(check)), seed, check.file, cases))
    return exams
