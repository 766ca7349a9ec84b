"""Run the checks with gradescope-utils' JSONTestRunner, and keep of each what the reports need."""

import io
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import TestSuite

from gradescope_utils.autograder_utils.json_test_runner import JSONTestResult, JSONTestRunner

from autograder import levels
from autograder.config import PartConfig
from autograder.feedback import Chart, Curves, Drawing, Failure
from autograder.levels import Level
from autograder.part import Check, CheckFailed, Grading, Part
from autograder.verdicts import Verdict
from common.errors import UserError


@dataclass(frozen=True)
class Outcome:
    """How one check ended."""

    check: Check
    score: float
    failure: Failure | None
    notes: list[str] = field(default_factory=list)
    charts: list[Chart | Curves | Drawing] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def number(self) -> str:
        """The number of its check."""
        return self.check.number or ""

    @property
    def name(self) -> str:
        """The title of its check."""
        return self.check.title

    @property
    def points(self) -> float:
        """The most that its check gives."""
        return self.check.points

    @property
    def part(self) -> PartConfig:
        """The part of its check."""
        return self.check.part

    @property
    def practice(self) -> str:
        """Name the quiz topics that help with a wrong answer; "" where none do, or nothing was wrong."""
        topics = self.part.topics if self.verdict is Verdict.WRONG else []
        return f"Quiz topics that practise this: {', '.join(topics)}." if topics else ""

    @property
    def verdict(self) -> Verdict:
        """One word for how it ended."""
        return self.failure.verdict if self.failure else Verdict.PASSED


class Runner(JSONTestRunner):
    """Runs checks; tells of each finished one, with its entry for results.json and the points it gives on top of all."""

    def __init__(self, finished: Callable[[Outcome, dict[str, Any], float], None]):
        super().__init__(stream=io.StringIO(), buffer=False, failure_prefix="")
        self._finished = finished

    def run_checks(self, checks: list[Check], grading: Grading) -> list[dict[str, Any]]:
        """Run the checks on a submission in their order, and return the entries for the leaderboard."""
        self.run(TestSuite(check.on(grading) for check in checks))
        return self.json_data["leaderboard"]

    def _makeResult(self) -> "_Result":
        data = self.json_data
        return _Result(self.stream, self.descriptions, self.verbosity, data["tests"], data["leaderboard"], self)


class _Result(JSONTestResult):
    def __init__(self, stream, descriptions, verbosity, results, leaderboard, runner):
        super().__init__(stream, descriptions, verbosity, results, leaderboard, failure_prefix="")
        self._runner = runner

    def getWeight(self, test: Part) -> float:
        return test.check.points

    def getVisibility(self, test: Part) -> str:
        return test.check.visibility

    def startTest(self, test: Part) -> None:
        super().startTest(test)
        self._started = time.monotonic()

    def addError(self, test: Part, err: Any) -> None:
        """A check that breaks is the grader's fault, or the caller's, never the student's, and never a pass."""
        if isinstance(err[1], UserError):  # the caller's mistake, such as a damaged data set
            if not test.grading.at_home:
                raise err[1]
            test.grading.obstacles.append(str(err[1]))
            failed = CheckFailed(Failure(Verdict.SKIPPED, str(err[1])))
        else:
            sentence = "The autograder itself failed here. This is not your fault: please tell your instructor."
            test.grading.faults.append("".join(traceback.format_exception(*err)))
            failed = CheckFailed(Failure(Verdict.GRADER_ERROR, sentence))
        super().addFailure(test, (CheckFailed, failed, None))

    def _exc_info_to_string(self, err: Any, test: Part) -> str:
        return str(err[1])  # unittest would format the traceback, which nobody reads

    def processResult(self, test: Part, err: Any = None) -> None:
        """Record one finished check, or its entry for the leaderboard if it has found a value."""
        if not test.check.number:
            if err is None and self.getLeaderboardData(test)[2] is not None:
                super().processResult(test)
            return
        entry = self.buildResult(test, err)
        failure = err[1].failure if err else None
        outcome = Outcome(
            check=test.check,
            score=round(float(entry["score"]), 2),
            failure=failure,
            notes=test.notes,
            charts=test.charts,
            seconds=time.monotonic() - self._started,
        )
        told = [_told(failure, test.check)] if failure else []
        entry["output"] = "\n\n".join([*test.notes, *map(str, test.charts), *told, outcome.practice]).strip()
        entry["extra_data"] = {"verdict": outcome.verdict.value, **({"failure": failure.record()} if failure else {})}
        self.results.append(entry)
        self._runner._finished(outcome, entry, test.extra)


def _told(failure: Failure, check: Check) -> str:
    """Return what a student reads of a failure, and how to ask for more of it at home."""
    if check.hints_at_once:
        return str(failure)
    offer = levels.offer(failure, Level.WRONG, f"python check.pyz {check.number}")
    return f"{levels.shown(failure, Level.WRONG)}\n\n{offer}".strip()
