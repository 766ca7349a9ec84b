"""What is known of a class: who handed in what, and how it was graded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from autograder.grading import Report
from autograder.verdicts import Verdict

FAILED_HERE = "convgrade itself failed, through no fault of the submission; the next run tries again"
CONTENT = 32  # of a digest's digits: they stand for the content, without the names under which its files are graded


@dataclass(frozen=True)
class Student:
    """A student, as the export names them. sid: the number of the student, or of the platform's user."""

    name: str
    email: str = ""
    sid: str = ""


@dataclass(frozen=True)
class HandedIn:
    """One submission of an export.

    key: a name of its own, the same in each run, that any file system takes. submitted: when, in ISO 8601, or "".
    source: what `grade` takes. note: what was odd about it, in one sentence, or "". late: whether the platform marks it so.
    named: its files or folders as the export names them, by which a platform takes feedback back.
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
    def moment(self) -> datetime | None:
        """When it was handed in, in UTC where nothing else is said; None where the export does not say."""
        try:
            moment = datetime.fromisoformat(self.submitted)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class CheckRecord:
    """How one check ended.

    misconception: the name of the one that gives the answer, or in a word what code must never do ("race"), or "". hint:
    what its holder reads.
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
class Record:
    """How a submission was graded. error: why it has no score, or ""; digest: of its content.

    lacked: data sets, by name, that a check asked for and that were missing where it was graded.
    """

    digest: str
    score: float
    points: float
    seconds: float
    checks: tuple[CheckRecord, ...]
    leaderboard: dict[str, float]
    remarks: tuple[str, ...]
    error: str = ""
    lacked: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """What the student wrote, under whatever names it is graded."""
        return self.digest[:CONTENT]

    def failed_here(self) -> bool:
        """Return whether convgrade itself failed: then nothing that was found is a grade."""
        return self.error.startswith(FAILED_HERE)

    @classmethod
    def of(cls, report: Report, digest: str) -> "Record":
        """Return what is kept of a report."""
        checks = tuple(
            CheckRecord(
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


Graded = Sequence[tuple[HandedIn, Record]]
