"""Grades: the autograder's results with lateness, overrides and comments applied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from autograder import datasets
from autograder.lateness import Loss
from batch.models import CONTENT, CheckResult, HandedIn, Result

TOTAL = "total"  # in place of a check's number: the whole grade


@dataclass(frozen=True)
class Override:
    """Points that an instructor sets in place of the autograder's.

    student: an identity, as `people.person` returns it. check: its number, or TOTAL. reason: one line for the student to
    read. made: when, in ISO 8601. content: the `Result.content` it was made for; a later attempt may need another look.
    by: the login name of the instructor.
    """

    student: str
    check: str
    points: float
    reason: str
    made: str
    content: str
    by: str = ""


@dataclass(frozen=True)
class Comment:
    """An instructor's comment on a line, a file or a whole submission. points: added to the score; negative: deducted.

    file: of the submission, or "" for the whole submission. line: from 1, or 0 for the whole file. digest: of the content
    that the comment is about; it also applies to later attempts, where that line may be different. students: all who
    submitted that content.
    """

    student: str
    text: str
    file: str = ""
    line: int = 0
    points: float = 0.0
    digest: str = ""
    students: tuple[str, ...] = ()

    def applies_to(self, owners: Collection[str], digest: str) -> bool:
        """Return whether it applies to a submission of these students.

        It applies to the content that it was made for, and to later work of the same students. digest: of the submission's
        content, which others may have submitted too.
        """
        known = {self.student, *self.students}
        return known.issuperset(owners) or (digest == self.digest and not known.isdisjoint(owners))


@dataclass(frozen=True)
class Grade:
    """The final grade of one submission. result: what the autograder found.

    due: for these students, None without a due date. late: by how much it was late, in words, or "". attempt: its number
    among the students' attempts, from 1. attempts: how many there are. counts: whether this is the attempt that counts.
    stale: whether it was graded with other points or options than the class; then it never counts. apart: whether the
    current export has other work under the same key.
    """

    handed_in: HandedIn
    result: Result
    overrides: tuple[Override, ...] = ()
    comments: tuple[Comment, ...] = ()
    due: datetime | None = None
    late: str = ""
    loss: Loss | None = None
    attempt: int = 1
    attempts: int = 1
    counts: bool = True
    stale: bool = False
    apart: bool = False

    @property
    def folder(self) -> str:
        """The folder of its report, in the folder of all submissions."""
        return f"{self.handed_in.key}/attempt-{self.attempt}" if self.apart else self.handed_in.key

    @cached_property
    def checks(self) -> tuple[CheckResult, ...]:
        """Each check with its final points."""
        given = {each.check: each.points for each in self.overrides}
        return tuple(replace(check, score=given.get(check.number, check.score)) for check in self.result.checks)

    @property
    def is_set_by_hand(self) -> bool:
        """Whether an instructor has set the whole grade; then checks, lateness and missing data sets do not matter."""
        return any(each.check == TOTAL for each in self.overrides)

    @property
    def lacked(self) -> tuple[str, ...]:
        """The names of missing data sets, without which the grade is not final."""
        return () if self.is_set_by_hand else self.result.lacked

    @property
    def not_final(self) -> str:
        """Why the grade is not final, in one sentence; "" if it is."""
        return f"This grade is not final: it was graded without {datasets.titles(self.lacked)}." if self.lacked else ""

    @property
    def score(self) -> float | None:
        """The points before deductions for lateness; None if it could not be graded, since 0 would be a judgement.

        Comments cannot make it negative.
        """
        for each in self.overrides:
            if each.check == TOTAL:
                return each.points
        if self.result.error:
            return None
        changed = sum(now.score - before.score for now, before in zip(self.checks, self.result.checks))
        return round(max(0.0, self.result.score + changed + self.commented), 2)

    @property
    def commented(self) -> float:
        """The points that comments add or deduct."""
        return sum(each.points for each in self.comments)

    @property
    def lost(self) -> float:
        """The points deducted for lateness."""
        score = self.score
        return 0.0 if score is None or self.loss is None or self.is_set_by_hand else self.loss.points(score)

    @property
    def total(self) -> float | None:
        """The final points; None if it could not be graded."""
        score = self.score
        return None if score is None else round(score - self.lost, 2) + 0.0  # never -0.0

    @property
    def overridden(self) -> tuple[str, ...]:
        """A line about each override, which students read too: "1.3: 4 -> 6 (your bound is right too)"."""
        found = {check.number: f"{check.score:g}" for check in self.result.checks}
        before = replace(self, overrides=tuple(each for each in self.overrides if each.check != TOTAL)).total
        found[TOTAL] = "not graded" if before is None else f"{before:g}"
        lines = [f"{found.get(each.check, 'not there')} -> {each.points:g} ({each.reason})" for each in self.overrides]
        return tuple(f"{each.check}: {line}" for each, line in zip(self.overrides, lines))

    @property
    def outdated(self) -> tuple[Override, ...]:
        """The overrides that were made for other content."""
        return tuple(each for each in self.overrides if each.content != self.result.content)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What instructors should know about it, a sentence each."""
        checks = [each.check for each in self.outdated]
        outdated = [
            "The total was set for earlier work: see whether it still applies"
            if check == TOTAL
            else f"The points of {check} were set for earlier work: see whether they still apply"
            for check in checks
        ]
        if any(each.points and each.digest[:CONTENT] != self.result.content for each in self.comments):
            outdated.append("The points of comments were given for earlier work: see whether they still apply")
        return tuple(remark for remark in (self.handed_in.note, *self.result.remarks, *outdated) if remark.strip())


Grades = Sequence[Grade]


def cell(points: float | None) -> Decimal | str:
    """Return points for a table: with two decimals, never -0.00; "" for None."""
    return "" if points is None else Decimal(f"{round(points, 2) + 0.0:.2f}")
