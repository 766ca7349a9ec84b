"""class.html: a whole class at a glance, for its instructors."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median

from autograder.assignment import Assignment
from autograder.verdicts import Verdict
from batch.display_names import called, name_of_student
from batch.final_grades import MARKED
from batch.grades import Grade, Grades
from batch.models import CheckResult, HandedIn, Result, Student
from batch.pages.charts import Scatter, histogram, scatter
from batch.pages.html import page

SLOWEST = 10  # how many are listed
# The sign of each verdict in the table, and its colour.
MARKS = {
    Verdict.PASSED: ("✓", "good"),
    Verdict.WRONG: ("✗", "bad"),
    Verdict.CRASHED: ("!", "stopped"),
    Verdict.TIMED_OUT: ("T", "stopped"),
    Verdict.OUT_OF_MEMORY: ("M", "stopped"),
    Verdict.FORBIDDEN: ("F", "stopped"),
    Verdict.NOT_IMPLEMENTED: ("–", "nothing"),
    Verdict.MISSING: ("0", "nothing"),
    Verdict.SKIPPED: ("»", "nothing"),
    Verdict.GRADER_ERROR: ("?", "fault"),
}
STOPPED = (Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.FORBIDDEN, Verdict.GRADER_ERROR)

# Columns of points: heading, attribute of Grade, and unit on a phone. The last one is the final grade.
COLUMNS = (("Score", "total", "points"),)
LATE_COLUMNS = (("Score", "score", "points"), ("Lost", "lost", "lost"), ("Total", "total", "in all"))


@dataclass(frozen=True)
class Mark:
    """A verdict in the table. code: one letter for the script."""

    verdict: str
    sign: str
    colour: str
    code: str


@dataclass(frozen=True)
class Row:
    """One submission in the table."""

    grade: Grade

    @property
    def handed_in(self) -> HandedIn:
        """The submission."""
        return self.grade.handed_in

    @property
    def result(self) -> Result:
        """The autograder's result."""
        return self.grade.result

    @cached_property
    def checks(self) -> dict[str, CheckResult]:
        """Its checks by number."""
        return {check.number: check for check in self.grade.checks}

    @property
    def was_graded(self) -> bool:
        """Whether it has a score."""
        return self.grade.total is not None

    @property
    def people(self) -> int:
        """The number of its students."""
        return max(len(self.handed_in.students), 1)

    @property
    def passed(self) -> int:
        """The number of checks that it passed."""
        return sum(check.verdict == Verdict.PASSED.value for check in self.result.checks)

    @property
    def name(self) -> str:
        """The students' names, or its key."""
        return called(self.handed_in)

    @property
    def contacts(self) -> list[str]:
        """Its students' addresses and numbers."""
        return _contacts(self.handed_in.students)

    @property
    def late(self) -> str:
        """By how much it was late, in words, or ""."""
        return {"": "", MARKED: "late"}.get(self.grade.late, f"{self.grade.late} late")

    @cached_property
    def overridden(self) -> dict[str, str]:
        """A line about each check's override, or "", by the number of the check."""
        lines = dict(zip((each.check for each in self.grade.overrides), self.grade.overridden))
        return {check.number: lines.get(check.number, "") for check in self.result.checks}

    @property
    def traits(self) -> list[str]:
        """The names of the TRAITS that it has."""
        return [name for name, (_, has) in TRAITS.items() if has(self)]


@dataclass(frozen=True)
class Absent:
    """A student in the table who has not submitted."""

    student: Student
    grade = None
    traits = ("absent",)

    @property
    def name(self) -> str:
        """The student's name."""
        return name_of_student(self.student)

    @property
    def contacts(self) -> list[str]:
        """The student's address and number."""
        return _contacts([self.student])


# Filters besides checks, by their names in the page's address: the label, and which submissions match.
TRAITS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "ungradable": ("could not be graded", lambda row: bool(row.result.error) and not row.result.failed_here()),
    "unfinished": ("not final", lambda row: row.result.failed_here() or bool(row.grade.lacked)),
    "absent": ("not submitted", lambda row: False),
    "late": ("late", lambda row: bool(row.grade.late)),
    "overridden": ("overridden", lambda row: bool(row.grade.overrides)),
    "commented": ("with comments", lambda row: bool(row.grade.comments)),
    "repeated": ("several attempts", lambda row: row.grade.attempts > 1),
}


@dataclass(frozen=True)
class CheckSummary:
    """How a check went in the whole class. verdicts: with the number of submissions that got each."""

    number: str
    name: str
    verdicts: list[tuple[Mark, int]]

    @property
    def asked(self) -> int:
        """The number of submissions with a result for it."""
        return sum(count for _, count in self.verdicts)

    @property
    def passed(self) -> int:
        """The number of submissions that passed it."""
        return sum(count for mark, count in self.verdicts if mark.verdict == Verdict.PASSED.value)

    @property
    def failed(self) -> list[str]:
        """The verdicts of the others: "12 wrong"."""
        return [f"{count} {mark.verdict}" for mark, count in self.verdicts if mark.verdict != Verdict.PASSED.value]


@dataclass(frozen=True)
class Group:
    """Submissions with something in common."""

    name: str
    sentence: str
    rows: list[Row]
    checks: list[str]

    @property
    def people(self) -> int:
        """The number of their students."""
        return sum(row.people for row in self.rows)


def _contacts(students: Iterable[Student]) -> list[str]:
    return [text for student in students for text in (student.email, student.sid) if text]


def render(grades: Grades, assigned: Assignment, seed: str, similar: str = "", absent: Sequence[Student] = ()) -> str:
    """Return the page.

    seed: of the hidden cases. similar: the page about similar submissions, or "". absent: students who have not submitted.
    """
    rows = sorted((Row(each) for each in grades if each.counts), key=lambda row: (row.name.casefold(), row.handed_in.key))
    lines: list[Row | Absent] = [*rows, *map(Absent, absent)]
    lines.sort(key=lambda line: line.name.casefold())
    traits = {name for line in lines for name in line.traits}
    scored = [row for row in rows if row.was_graded]
    scores = [row.grade.total for row in scored if row.grade.total is not None]
    most = max((row.result.points for row in scored), default=0.0)
    checks, misconceptions = _checks(scored, assigned), _misconceptions(scored)
    return page(
        "class.html.jinja",
        "class.js",
        title=assigned.title,
        seed=seed,
        similar=similar,
        rows=rows,
        lines=lines,
        absent=len(absent),
        traits=[(name, says) for name, (says, _) in TRAITS.items() if name in traits],
        columns=LATE_COLUMNS if any(row.grade.lost for row in rows) else COLUMNS,
        scored=scored,
        people=sum(row.people for row in rows),
        most=most,
        full=sum(score >= most for score in scores),
        mean=fmean(scores) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        bins=histogram(scores, most),
        marks={mark.verdict: mark for mark in _marks()},
        counts=Counter(check.verdict for row in rows for check in row.result.checks),
        checks=checks,
        misconceptions=misconceptions,
        held=_held(rows, checks, misconceptions),
        slowest=sorted(scored, key=lambda row: -row.result.seconds)[:SLOWEST],
        stopped=_stopped(scored),
        networks=_networks(scored),
        errors=[row for row in rows if row.result.error and not row.result.failed_here()],
        failures=[row for row in rows if row.result.failed_here()],
        remarks=_remarks(rows),
    )


def _marks() -> list[Mark]:
    return [Mark(verdict.value, *MARKS[verdict], "abcdefghij"[place]) for place, verdict in enumerate(MARKS)]


def _checks(rows: Iterable[Row], assigned: Assignment) -> list[CheckSummary]:
    """Return a summary of each check in any submission, in the assignment's order."""
    found = {check.number: check.name for row in rows for check in row.result.checks}
    order = [name for name in (check.number for check in assigned.checks()) if name in found]
    order += sorted(found.keys() - set(order))
    counts = {name: Counter(row.checks[name].verdict for row in rows if name in row.checks) for name in order}
    return [
        CheckSummary(
            name, found[name], [(mark, counts[name][mark.verdict]) for mark in _marks() if counts[name][mark.verdict]]
        )
        for name in order
    ]


def _misconceptions(rows: Iterable[Row]) -> list[Group]:
    """Return the misconceptions that were found, most frequent first."""
    holders: dict[str, list[Row]] = defaultdict(list)
    where: dict[str, dict[str, str]] = defaultdict(dict)  # hints by the number of the check
    for row in rows:
        held = [check for check in row.result.checks if check.misconception]
        for name in dict.fromkeys(check.misconception for check in held):
            holders[name].append(row)
        for check in held:
            where[check.misconception][check.number] = check.hint
    groups = [Group(name, next(iter(where[name].values())), found, sorted(where[name])) for name, found in holders.items()]
    return sorted(groups, key=lambda group: (-group.people, group.name))


def _held(rows: Iterable[Row], checks: Sequence[CheckSummary], misconceptions: Sequence[Group]) -> dict[str, str]:
    """Return for the script, by key, which misconception explains which check: "3:0 5:2"."""
    places = {check.number: place for place, check in enumerate(checks)}
    names = {group.name: place for place, group in enumerate(misconceptions)}
    return {
        row.handed_in.key: " ".join(
            f"{places[check.number]}:{names[check.misconception]}"
            for check in row.result.checks
            if check.misconception in names
        )
        for row in rows
    }


def _stopped(rows: Iterable[Row]) -> list[Group]:
    """Return the submissions in which a check was stopped, by verdict."""
    groups = []
    for verdict in STOPPED:
        found = [row for row in rows if any(check.verdict == verdict.value for check in row.result.checks)]
        numbers = {check.number for row in found for check in row.result.checks if check.verdict == verdict.value}
        if found:
            groups.append(Group(verdict.value, "", found, sorted(numbers)))
    return groups


def _networks(rows: Iterable[Row]) -> Scatter:
    """Place the networks with a known size and accuracy."""
    known = []
    for row in rows:
        parameters, accuracy = map(row.result.leaderboard.get, ("parameters", "accuracy (%)"))
        if parameters and accuracy is not None and 0 < parameters < math.inf and math.isfinite(accuracy):
            known.append((row, parameters, accuracy))
    return scatter(known)


def _remarks(rows: Iterable[Row]) -> list[Group]:
    """Return the remarks about submissions, most frequent first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for remark in dict.fromkeys(row.grade.remarks):
            found[remark].append(row)
    groups = [Group("", remark, holders, []) for remark, holders in found.items()]
    return sorted(groups, key=lambda group: (-len(group.rows), group.sentence))
