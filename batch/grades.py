"""What stands: a submission's grade after the late policy and the people who teach have spoken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from autograder import datasets
from autograder.lateness import Loss
from batch.records import CONTENT, CheckRecord, HandedIn, Record

TOTAL = "total"  # in place of a check's number: the whole grade


@dataclass(frozen=True)
class Override:
    """Points that a person gives instead of the autograder.

    student: as `people.person` names one. check: the number of one, or TOTAL. reason: a line that the student reads. made:
    when, in ISO 8601. content: that it was made for, as `Record.content` names it; a later attempt may need another look.
    by: the login name of who made it.
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
    """What a person says about a line of a file, or about all of it. points: that are added, or taken off if below 0.

    file: of the submission, or "" for the work as a whole. line: from 1, or 0 for the file as a whole. digest: of the
    content that it was made for; it stands for later attempts too, which may have something else in that line. students:
    all who handed that in.
    """

    student: str
    text: str
    file: str = ""
    line: int = 0
    points: float = 0.0
    digest: str = ""
    students: tuple[str, ...] = ()

    def stands_for(self, owners: Collection[str], digest: str) -> bool:
        """Return whether it counts for work of these students: what it was made for, or later work of the same ones alone.

        digest: of the content. Others may have handed in the very same, and a student may be in a group by now.
        """
        known = {self.student, *self.students}
        return known.issuperset(owners) or (digest == self.digest and not known.isdisjoint(owners))


@dataclass(frozen=True)
class Grade:
    """What stands for one submission. record: what the autograder found.

    due: for these students, None where there is no date. late: by how much it was late, in words, or "".
    attempt: which of the students' it is, from 1; attempts: how many there are; counts: whether it is the one that does.
    stale: whether it was graded with other points or options than the class: then it never counts.
    apart: whether the current export has other work under the same key.
    """

    handed_in: HandedIn
    record: Record
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
        """Where its report lies, below the folder of all submissions."""
        return f"{self.handed_in.key}/attempt-{self.attempt}" if self.apart else self.handed_in.key

    @cached_property
    def checks(self) -> tuple[CheckRecord, ...]:
        """Each check with the points that stand for it."""
        given = {each.check: each.points for each in self.overrides}
        return tuple(replace(check, score=given.get(check.number, check.score)) for check in self.record.checks)

    @property
    def is_by_hand(self) -> bool:
        """Whether a person has set the whole grade: then neither checks nor lateness nor missing data sets matter."""
        return any(each.check == TOTAL for each in self.overrides)

    @property
    def lacked(self) -> tuple[str, ...]:
        """The data sets, by name, without which the grade is not final."""
        return () if self.is_by_hand else self.record.lacked

    @property
    def not_final(self) -> str:
        """Why the grade is not final, in one sentence, or ""."""
        return f"This grade is not final: it was found without {datasets.titles(self.lacked)}." if self.lacked else ""

    @property
    def score(self) -> float | None:
        """The points before what lateness costs; None for what could not be graded, for 0 would be a judgement.

        Comments take no more points than there are.
        """
        for each in self.overrides:
            if each.check == TOTAL:
                return each.points
        if self.record.error:
            return None
        changed = sum(now.score - before.score for now, before in zip(self.checks, self.record.checks))
        return round(max(0.0, self.record.score + changed + self.commented), 2)

    @property
    def commented(self) -> float:
        """The points that comments give or take."""
        return sum(each.points for each in self.comments)

    @property
    def lost(self) -> float:
        """The points that lateness takes off."""
        score = self.score
        return 0.0 if score is None or self.loss is None or self.is_by_hand else self.loss.points(score)

    @property
    def total(self) -> float | None:
        """The points that count; None for what could not be graded."""
        score = self.score
        return None if score is None else round(score - self.lost, 2) + 0.0  # never -0.0

    @property
    def overridden(self) -> tuple[str, ...]:
        """What people have set, a line each, for students too: "1.3: 4 -> 6 (your bound is right too)"."""
        found = {check.number: f"{check.score:g}" for check in self.record.checks}
        before = replace(self, overrides=tuple(each for each in self.overrides if each.check != TOTAL)).total
        found[TOTAL] = "not graded" if before is None else f"{before:g}"
        lines = [f"{found.get(each.check, 'not there')} -> {each.points:g} ({each.reason})" for each in self.overrides]
        return tuple(f"{each.check}: {line}" for each, line in zip(self.overrides, lines))

    @property
    def outdated(self) -> tuple[Override, ...]:
        """The overrides that were made for other content than this."""
        return tuple(each for each in self.overrides if each.content != self.record.content)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What those who teach should know of it, a sentence each."""
        checks = [each.check for each in self.outdated]
        outdated = [
            "The total was set for earlier work: see whether it still applies"
            if check == TOTAL
            else f"The points of {check} were set for earlier work: see whether they still apply"
            for check in checks
        ]
        if any(each.points and each.digest[:CONTENT] != self.record.content for each in self.comments):
            outdated.append("The points of comments were given for earlier work: see whether they still apply")
        return tuple(remark for remark in (self.handed_in.note, *self.record.remarks, *outdated) if remark.strip())


Grades = Sequence[Grade]


def cell(points: float | None) -> Decimal | str:
    """Return points as tables have them: two decimals, never -0.00; "" for none."""
    return "" if points is None else Decimal(f"{round(points, 2) + 0.0:.2f}")
