"""A class: who submitted what, and how it was graded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from autograder.grading import Report
from autograder.verdicts import Verdict

FAILED_HERE = "convgrade itself failed, not the submission; the next run tries again"
CONTENT = 32  # digits of a digest: they identify the content, whatever names its files are graded under


@dataclass(frozen=True)
class Student:
    """A student, as the export names them. sid: the student's number, or that of the platform's user.

    listed_name, listed_emails: the name and the addresses on the class list.
    """

    name: str
    email: str = ""
    sid: str = ""
    listed_name: str = field(default="", compare=False)
    listed_emails: tuple[str, ...] = field(default=(), compare=False)

    @property
    def best_name(self) -> str:
        """The name on the class list, else the one in the export."""
        return self.listed_name or self.name


@dataclass(frozen=True)
class HandedIn:
    """One submission in an export.

    key: a unique name, the same in each run, that any file system accepts. submitted: when, in ISO 8601, or "". source: the
    path to grade. note: what was odd about it, in one sentence, or "". late: whether the platform marks it as late. named:
    its files or folders as the export names them, which platforms use to assign feedback.
    """

    key: str
    students: tuple[Student, ...]
    submitted: str
    source: Path
    score_before: float | None = None
    note: str = ""
    late: bool = False
    named: tuple[str, ...] = ()

    @property
    def submitted_at(self) -> datetime | None:
        """When it was submitted, by default in UTC; None if the export does not say."""
        try:
            moment = datetime.fromisoformat(self.submitted)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    misconception: the name of the one that explains the reply, or a word for a fault such as "race", or "". hint: the
    sentence about it for the student.
    """

    number: str
    name: str
    part: str
    verdict: str
    score: float
    points: float
    misconception: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True)
class Result:
    """The autograder's result for a submission. error: why it has no score, or "". digest: of its content.

    lacked: names of data sets that a check needed and that were missing where it was graded.
    """

    digest: str
    score: float
    points: float
    seconds: float
    checks: tuple[CheckResult, ...]
    leaderboard: dict[str, float]
    remarks: tuple[str, ...]
    error: str = ""
    lacked: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The part of the digest that identifies what the student wrote, whatever names its files are graded under."""
        return self.digest[:CONTENT]

    def failed_here(self) -> bool:
        """Return whether convgrade itself failed, so that this is not a grade."""
        return self.error.startswith(FAILED_HERE)

    @classmethod
    def of(cls, report: Report, digest: str) -> "Result":
        """Return the part of a report that is kept."""
        checks = tuple(
            CheckResult(
                number=outcome.number,
                name=outcome.name,
                part=outcome.part.title,
                verdict=outcome.verdict.value,
                score=outcome.score,
                points=outcome.points,
                misconception=(outcome.failure.misconception or outcome.failure.fault) if outcome.failure else "",
                sentence=outcome.failure.sentence if outcome.failure else "",
                hint=(outcome.failure.hint or "") if outcome.failure else "",
            )
            for outcome in report.outcomes
        )
        broken = [check.number for check in checks if check.verdict == Verdict.GRADER_ERROR]
        error = f"{FAILED_HERE}: {', '.join(broken)}" if broken else ""
        lacked = tuple(sorted(report.lacked))
        leaderboard = {entry["name"]: float(entry["value"]) for entry in report.leaderboard}
        seconds = round(report.seconds, 2)
        remarks = tuple(report.remarks)
        return cls(digest, report.score, report.points, seconds, checks, leaderboard, remarks, error, lacked)


Graded = Sequence[tuple[HandedIn, Result]]
