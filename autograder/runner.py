"""Run the checks with gradescope-utils' JSONTestRunner, and keep what the reports need of each."""

import io
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
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

Entry = dict[str, Any]  # of results.json
Raised = tuple[type[BaseException], BaseException, TracebackType | None]  # as unittest hands it over


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


class Runner(JSONTestRunner):  # type: ignore[misc]  # gradescope-utils has no types
    """Runs checks, and reports each finished one, with its entry for results.json and its extra points."""

    def __init__(self, finished: Callable[[Outcome, Entry, float], None]) -> None:
        super().__init__(stream=io.StringIO(), buffer=False, failure_prefix="")
        self._finished = finished

    def run_checks(self, checks: list[Check], grading: Grading) -> list[Entry]:
        """Run the checks on a submission in their order, and return the entries for the leaderboard."""
        self.run(TestSuite(check.on(grading) for check in checks))
        leaderboard: list[Entry] = self.json_data["leaderboard"]
        return leaderboard

    def _makeResult(self) -> "_Result":
        return _Result(self)


class _Result(JSONTestResult):  # type: ignore[misc]  # gradescope-utils has no types
    def __init__(self, runner: Runner) -> None:
        found = runner.json_data
        how = runner.stream, runner.descriptions, runner.verbosity
        super().__init__(*how, found["tests"], found["leaderboard"], failure_prefix="")
        self._runner = runner

    def getWeight(self, test: Part) -> float:
        return test.check.points

    def getVisibility(self, test: Part) -> str:
        return test.check.visibility

    def startTest(self, test: Part) -> None:
        super().startTest(test)
        self._started = time.monotonic()

    def addError(self, test: Part, err: Raised) -> None:
        """Record a check that broke: that is the grader's fault, or the caller's, never the student's, and never a pass."""
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

    def _exc_info_to_string(self, err: Raised, test: Part) -> str:
        return str(err[1])  # unittest would format the traceback, which nobody reads

    def processResult(self, test: Part, err: Raised | None = None) -> None:
        """Record one finished check, or its entry for the leaderboard if it has found a value."""
        if not test.check.number:
            if err is None and self.getLeaderboardData(test)[2] is not None:
                super().processResult(test)
            return
        entry = self.buildResult(test, err)
        failure = err[1].failure if err and isinstance(err[1], CheckFailed) else None
        outcome = Outcome(
            check=test.check,
            score=round(float(entry["score"]), 2),
            failure=failure,
            notes=test.notes,
            charts=test.charts,
            seconds=time.monotonic() - self._started,
        )
        shown = [_shown(failure, test.check)] if failure else []
        entry["output"] = "\n\n".join([*test.notes, *map(str, test.charts), *shown, outcome.practice]).strip()
        entry["extra_data"] = {"verdict": outcome.verdict.value, **({"failure": failure.record()} if failure else {})}
        self.results.append(entry)
        self._runner._finished(outcome, entry, test.extra)


def _shown(failure: Failure, check: Check) -> str:
    """Return what a student reads of a failure, and how to ask for more of it at home."""
    if check.hints_at_once:
        return str(failure)
    offer = levels.offer(failure, Level.WRONG, f"python check.pyz {check.number}")
    return f"{levels.shown(failure, Level.WRONG)}\n\n{offer}".strip()
