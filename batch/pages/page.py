"""class.html: a whole class at a glance, for those who teach it."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median

from autograder.assignment import Assignment
from autograder.verdicts import Verdict
from batch.display_names import called, called_alone
from batch.grades import Grade, Grades
from batch.pages.charts import Scatter, histogram, scatter
from batch.pages.html import page
from batch.records import CheckRecord, HandedIn, Record, Student
from batch.settling import MARKED

SLOWEST = 10  # how many are listed
# What stands for a verdict in the table, and the colour of it.
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

# Of the points: the heading, what of a grade stands there, and the unit on a phone. The last one is what counts.
COLUMNS = (("Score", "total", "points"),)
LATE_COLUMNS = (("Score", "score", "points"), ("Lost", "lost", "lost"), ("Total", "total", "in all"))


@dataclass(frozen=True)
class Mark:
    """A verdict as the table shows it. code: one letter for the script."""

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
        """What was handed in."""
        return self.grade.handed_in

    @property
    def record(self) -> Record:
        """What the autograder found."""
        return self.grade.record

    @cached_property
    def checks(self) -> dict[str, CheckRecord]:
        """Its checks by their numbers."""
        return {check.number: check for check in self.grade.checks}

    @property
    def was_graded(self) -> bool:
        """Whether it has a score at all."""
        return self.grade.total is not None

    @property
    def people(self) -> int:
        """How many students handed it in."""
        return max(len(self.handed_in.students), 1)

    @property
    def passed(self) -> int:
        """How many checks it passed."""
        return sum(check.verdict == Verdict.PASSED.value for check in self.record.checks)

    @property
    def name(self) -> str:
        """What it is called."""
        return called(self.handed_in)

    @property
    def contacts(self) -> list[str]:
        """Addresses and numbers of its students."""
        return _contacts(self.handed_in.students)

    @property
    def late(self) -> str:
        """By how much it was late, in words, or ""."""
        return {"": "", MARKED: "late"}.get(self.grade.late, f"{self.grade.late} late")

    @cached_property
    def overridden(self) -> dict[str, str]:
        """What people have set, in a line, or "", by the number of the check."""
        lines = dict(zip((each.check for each in self.grade.overrides), self.grade.overridden))
        return {check.number: lines.get(check.number, "") for check in self.record.checks}

    @property
    def traits(self) -> list[str]:
        """The names of those of TRAITS that it has."""
        return [name for name, (_, has) in TRAITS.items() if has(self)]


@dataclass(frozen=True)
class Absent:
    """A student who handed in nothing, in the table."""

    student: Student
    grade = None
    traits = ("absent",)

    @property
    def name(self) -> str:
        """What the student is called."""
        return called_alone(self.student)

    @property
    def contacts(self) -> list[str]:
        """The student's address and number."""
        return _contacts([self.student])


# What a filter finds besides checks: its name in the page's address, what it says, and which submissions have it.
TRAITS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "ungradable": ("could not be graded", lambda row: bool(row.record.error) and not row.record.failed_here()),
    "unfinished": ("not final", lambda row: row.record.failed_here() or bool(row.grade.lacked)),
    "absent": ("handed in nothing", lambda row: False),
    "late": ("late", lambda row: bool(row.grade.late)),
    "overridden": ("overridden", lambda row: bool(row.grade.overrides)),
    "commented": ("with comments", lambda row: bool(row.grade.comments)),
    "repeated": ("several attempts", lambda row: row.grade.attempts > 1),
}


@dataclass(frozen=True)
class CheckSummary:
    """How a check went in the whole class. verdicts: how many ended with which."""

    number: str
    name: str
    verdicts: list[tuple[Mark, int]]

    @property
    def asked(self) -> int:
        """Of how many submissions it is known."""
        return sum(count for _, count in self.verdicts)

    @property
    def passed(self) -> int:
        """How many passed it."""
        return sum(count for mark, count in self.verdicts if mark.verdict == Verdict.PASSED.value)

    @property
    def failed(self) -> list[str]:
        """How the others ended: "12 wrong"."""
        return [f"{count} {mark.verdict}" for mark, count in self.verdicts if mark.verdict != Verdict.PASSED.value]


@dataclass(frozen=True)
class Group:
    """Submissions that have something in common."""

    name: str
    sentence: str
    rows: list[Row]
    checks: list[str]

    @property
    def people(self) -> int:
        """How many students handed these in."""
        return sum(row.people for row in self.rows)


def _contacts(students: Iterable[Student]) -> list[str]:
    return [text for student in students for text in (student.email, student.sid) if text]


def render(
    grades: Grades, title: str, assigned: Assignment, seed: str, similar: str = "", absent: Sequence[Student] = ()
) -> str:
    """Return the page.

    seed: from which the hidden cases were drawn. similar: the page about submissions that are alike. absent: who handed in
    nothing.
    """
    rows = sorted((Row(each) for each in grades if each.counts), key=lambda row: (row.name.casefold(), row.handed_in.key))
    lines: list[Row | Absent] = [*rows, *map(Absent, absent)]
    lines.sort(key=lambda line: line.name.casefold())
    traits = {name for line in lines for name in line.traits}
    scored = [row for row in rows if row.was_graded]
    scores = [row.grade.total for row in scored if row.grade.total is not None]
    most = max((row.record.points for row in scored), default=0.0)
    checks, misconceptions = _checks(scored, assigned), _misconceptions(scored)
    return page(
        "class.html.jinja",
        "class.js",
        title=title,
        assignment=assigned.title,
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
        counts=Counter(check.verdict for row in rows for check in row.record.checks),
        checks=checks,
        misconceptions=misconceptions,
        held=_held(rows, checks, misconceptions),
        slowest=sorted(scored, key=lambda row: -row.record.seconds)[:SLOWEST],
        stopped=_stopped(scored),
        networks=_networks(scored),
        errors=[row for row in rows if row.record.error and not row.record.failed_here()],
        failures=[row for row in rows if row.record.failed_here()],
        remarks=_told(rows),
    )


def _marks() -> list[Mark]:
    return [Mark(verdict.value, *MARKS[verdict], "abcdefghij"[place]) for place, verdict in enumerate(MARKS)]


def _checks(rows: Iterable[Row], assigned: Assignment) -> list[CheckSummary]:
    """Return the checks that any submission has, in the assignment's order."""
    found = {check.number: check.name for row in rows for check in row.record.checks}
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
    """Return the misconceptions that were found, most students first."""
    holders: dict[str, list[Row]] = defaultdict(list)
    where: dict[str, dict[str, str]] = defaultdict(dict)  # the hints by the numbers of the checks
    for row in rows:
        held = [check for check in row.record.checks if check.misconception]
        for name in dict.fromkeys(check.misconception for check in held):
            holders[name].append(row)
        for check in held:
            where[check.misconception][check.number] = check.hint
    groups = [Group(name, next(iter(where[name].values())), found, sorted(where[name])) for name, found in holders.items()]
    return sorted(groups, key=lambda group: (-group.people, group.name))


def _held(rows: Iterable[Row], checks: Sequence[CheckSummary], misconceptions: Sequence[Group]) -> dict[str, str]:
    """Return for the script, by the submission's key, which misconception explains which check: "3:0 5:2"."""
    places = {check.number: place for place, check in enumerate(checks)}
    names = {group.name: place for place, group in enumerate(misconceptions)}
    return {
        row.handed_in.key: " ".join(
            f"{places[check.number]}:{names[check.misconception]}"
            for check in row.record.checks
            if check.misconception in names
        )
        for row in rows
    }


def _stopped(rows: Iterable[Row]) -> list[Group]:
    """Return the submissions in which something was stopped, by how that was."""
    groups = []
    for verdict in STOPPED:
        found = [row for row in rows if any(check.verdict == verdict.value for check in row.record.checks)]
        numbers = {check.number for row in found for check in row.record.checks if check.verdict == verdict.value}
        if found:
            groups.append(Group(verdict.value, "", found, sorted(numbers)))
    return groups


def _networks(rows: Iterable[Row]) -> Scatter:
    """Place the networks of which both accuracy and size are known."""
    known = []
    for row in rows:
        parameters, accuracy = map(row.record.leaderboard.get, ("parameters", "accuracy (%)"))
        if parameters and accuracy is not None and 0 < parameters < math.inf and math.isfinite(accuracy):
            known.append((row, parameters, accuracy))
    return scatter(known)


def _told(rows: Iterable[Row]) -> list[Group]:
    """Return what was remarked about submissions, most frequent first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for remark in dict.fromkeys(row.grade.remarks):
            found[remark].append(row)
    groups = [Group("", remark, holders, []) for remark, holders in found.items()]
    return sorted(groups, key=lambda group: (-len(group.rows), group.sentence))
