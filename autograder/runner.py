"""Run the checks with gradescope-utils' JSONTestRunner, and keep of each what the reports need."""

import io
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import TestSuite

from gradescope_utils.autograder_utils.json_test_runner import JSONTestResult, JSONTestRunner

from autograder.checks.part import CheckFailed, Part, is_public, number, points, visibility
from autograder.pictures import Chart, Failure
from autograder.verdicts import Verdict
from common.errors import UserError


@dataclass(frozen=True)
class Outcome:
    """How one check ended."""

    number: str
    name: str
    part: type[Part]
    score: float
    points: float
    failure: Failure | None
    public: bool
    notes: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """One word for how it ended."""
        return self.failure.verdict if self.failure else Verdict.PASSED


class Runner(JSONTestRunner):
    """Runs checks; tells of each finished one, with its entry for results.json and the points it gives on top of all."""

    def __init__(self, finished: Callable[[Outcome, dict[str, Any], float], None]):
        super().__init__(stream=io.StringIO(), buffer=False, failure_prefix="")
        self._finished = finished

    def run_checks(self, checks: list[Part]) -> list[dict[str, Any]]:
        """Run the checks in their order and return the entries for the leaderboard."""
        self.run(TestSuite(checks))
        return self.json_data["leaderboard"]

    def _makeResult(self) -> "_Result":
        data = self.json_data
        return _Result(self.stream, self.descriptions, self.verbosity, data["tests"], data["leaderboard"], self)


class _Result(JSONTestResult):
    def __init__(self, stream, descriptions, verbosity, results, leaderboard, runner):
        super().__init__(stream, descriptions, verbosity, results, leaderboard, failure_prefix="")
        self._runner = runner

    def getWeight(self, test: Part) -> float:
        return points(test)

    def getVisibility(self, test: Part) -> str:
        return visibility(test)

    def startTest(self, test: Part) -> None:
        super().startTest(test)
        self._started = time.monotonic()

    def addError(self, test: Part, err: Any) -> None:
        """A check that breaks is the grader's fault, never the student's, and never a pass."""
        if issubclass(err[0], UserError):  # the caller's mistake, such as a damaged data set: no check can go on
            raise err[1]
        sentence = "The autograder itself failed here. This is not your fault: please tell your instructor."
        test.grading.faults.append("".join(traceback.format_exception(*err)))
        failed = CheckFailed(Failure(Verdict.GRADER_ERROR, sentence))
        super().addFailure(test, (CheckFailed, failed, None))

    def _exc_info_to_string(self, err: Any, test: Part) -> str:
        return str(err[1])  # unittest would format the traceback, which nobody reads

    def processResult(self, test: Part, err: Any = None) -> None:
        """Record one finished check, or its entry for the leaderboard if it has found a value."""
        if not number(test):
            if err is None and self.getLeaderboardData(test)[2] is not None:
                super().processResult(test)
            return
        entry = self.buildResult(test, err)
        failure = err[1].failure if err else None
        outcome = Outcome(
            number=entry["number"],
            name=entry["name"],
            part=type(test),
            score=round(float(entry["score"]), 2),
            points=points(test),
            failure=failure,
            public=is_public(test),
            notes=test.notes,
            charts=test.charts,
            seconds=time.monotonic() - self._started,
        )
        entry["output"] = "\n\n".join([*test.notes, *map(str, test.charts), entry.get("output", "")]).strip()
        entry["extra_data"] = {"verdict": outcome.verdict.value}
        self.results.append(entry)
        self._runner._finished(outcome, entry, test.extra)
