"""The cases of the checks of parts 1 to 3 under a seed: the only module here that knows the autograder."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Any

from autograder import compare
from autograder.assignment import find
from autograder.cases import Case
from autograder.part import Check, Grading
from benchmarks.truth.isolation import Patience, TooSlow

CNN = find("cnn")
PUBLIC = "public"


@dataclass(frozen=True)
class Exam:
    """The cases of one check under a seed; public checks are the same under every seed."""

    check: str
    seed: str
    file: str
    groups: tuple[tuple[Case, ...], ...]  # a check fails with the first group that has a failure

    @property
    def functions(self) -> set[str]:
        """The functions that it calls."""
        return {case.function for group in self.groups for case in group}

    def failure(self, functions: dict[str, Any], patience: Patience) -> tuple[str, str] | None:
        """Return why a program does not get all points of the check, and the misconception named; None if it does."""
        return next(filter(None, (_failure(group, functions, patience) for group in self.groups)), None)


def _failure(cases: tuple[Case, ...], functions: dict[str, Any], patience: Patience) -> tuple[str, str] | None:
    answers: list[tuple[Case, Any]] = []
    wrong, reason = "", ""  # the function that fails first, and why
    for case in cases:
        arguments, options = deepcopy(list(case.arguments)), deepcopy(case.options)
        try:
            answer = patience.call(lambda: functions[case.function](*arguments, **options))  # noqa: B023
        except (Exception, SystemExit, KeyboardInterrupt, TooSlow) as error:
            return reason or repr(error)[:200], ""
        failure = compare.failure(case, answer, arguments, options)
        answers.append((case, compare.plain(answer)))
        if failure and not reason:
            wrong, reason = case.function, failure.sentence
            if not compare.explanations([(case, compare.plain(answer))]):
                return reason, ""
    if not reason:
        return None
    found = compare.explanations([(case, answer) for case, answer in answers if case.function == wrong])
    return reason, found[0].name if found else ""


def checks() -> list[Check]:
    """Return the checks of parts 1 to 3."""
    return [check for check in CNN.checks() if check.number and check.case.needs is None]


def draw(seeds: list[str], progress: Callable[[Any], Any] = iter) -> list[Exam]:
    """Return the exams of all checks under the seeds, with everything computed that comparing needs."""
    exams = []
    for check in progress(checks()):
        for seed in [PUBLIC] if check.public else seeds:
            groups = _groups(check, seed)
            for case in (case for group in groups for case in group):
                _ = case.expected, case.answers.tolerance, case.answers.lookalikes
            exams.append(Exam(str(check.number), seed, check.part.file, groups))
    return exams


def _groups(check: Check, seed: str) -> tuple[tuple[Case, ...], ...]:
    """Return all cases of a check, grouped as it requires them."""
    groups: list[tuple[Case, ...]] = []
    part = check.on(Grading(submission=None, sandbox=None, seed=seed, reference=CNN.reference()))  # type: ignore[arg-type]
    part.require = lambda *cases: groups.append(cases)  # type: ignore[method-assign]
    part.require_share = lambda _, shares: groups.append(tuple(chain(*shares.values())))  # type: ignore
    part.setUp()
    getattr(part, check.method)()
    return tuple(groups)
