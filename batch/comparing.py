"""Compare two gradings of a class: whose grade changed, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from batch.display_names import called, identities, on_one_line
from batch.grades import TOTAL, Grade, Grades
from batch.models import CheckResult, HandedIn, Result, Student
from quizzes import tables

TRENDS = ("up", "down", "graded now", "no longer graded", "as before", "new", "gone")  # what became of the points
ChangedCheck = tuple[CheckResult | None, CheckResult | None]  # before and after; None if it did not exist


class Reason(str, Enum):
    """Why a grade changed."""

    CONTENT = "content changed"
    VERDICT = "verdict changed with the same content"
    POINTS = "points changed"
    SCORE = "score changed with the same content and verdicts"
    OVERRIDDEN = "override changed"
    COMMENTS = "comments changed"
    LATENESS = "lateness changed"
    ATTEMPT = "attempt changed"
    NEW = "new"
    GONE = "gone"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Change:
    """How one submission changed between two gradings. before, after: None if it was not there."""

    before: Grade | None
    after: Grade | None
    reasons: tuple[Reason, ...]
    checks: tuple[ChangedCheck, ...] = ()

    @property
    def handed_in(self) -> HandedIn:
        """The submission itself, the newer one if there are two."""
        return (self.after or self.before).handed_in  # type: ignore[union-attr]

    @property
    def difference(self) -> float:
        """The points gained, negative for points lost; 0 unless it was graded both before and after."""
        before, after = (one.total if one else None for one in (self.before, self.after))
        return 0.0 if before is None or after is None else round(after - before, 2)


def compare(old: Grades, new: Grades) -> list[Change]:
    """Return what changed between two gradings: the largest changes first, then new submissions, then those that are gone.

    Only what counts is compared. Sentences may differ without a change, because another seed draws other numbers; so may
    seconds and remarks.
    """
    counted = ([each for each in grades if each.counts] for grades in (old, new))
    changes = [change(before, after) for before, after in _pairs(*counted)]
    return sorted(filter(None, changes), key=_place)


def change(before: Grade | None, after: Grade | None) -> Change | None:
    """Return how one submission changed; None if it did not."""
    if not (before and after):
        return Change(before, after, (Reason.NEW if after else Reason.GONE,))
    checks = _changed_checks(before.result, after.result)
    reasons = (*_reasons(before.result, after.result, checks), *(reason for reason, _, _ in _said(before, after)))
    return Change(before, after, reasons, checks) if reasons else None


def details(change: Change) -> Iterator[tuple[str, str]]:
    """Yield lines about what changed, each with the number of its check, or TOTAL."""
    for old, new in change.checks:
        either = new or old
        assert either
        lines = [f"{either.number} {on_one_line(either.name)}: {_outcome(old)} -> {_outcome(new)}"]
        for label, check in (("before", old), ("after", new)):
            if check and check.sentence:
                lines.append(f"    {label}: {on_one_line(check.sentence)}")
        yield from ((either.number, line) for line in lines)
    if change.before and change.after:
        yield from ((about, line) for _, about, line in _said(change.before, change.after))


def points_of(grade: Grade, check: str) -> float | None:
    """Return the final points of a check or of the total; None if there are none."""
    return grade.total if check == TOTAL else {each.number: each.score for each in grade.checks}.get(check)


def text(changes: Sequence[Change]) -> str:
    """Return the changes for a terminal: a block for each submission, and a one-line summary."""
    if not changes:
        return "Nothing changed."
    return "\n\n".join([*("\n".join(_block(change)) for change in changes), _summary(changes)])


def table(changes: Sequence[Change]) -> bytes:
    """Return the changes as a CSV with a row for each student."""
    rows: list[Sequence[tables.Cell]] = [["key", "name", "email", "before", "after", "reasons", "details"]]
    for change in changes:
        points = ["" if one is None or one.total is None else one.total for one in (change.before, change.after)]
        why = ", ".join(map(str, change.reasons)), "; ".join(line.strip() for _, line in details(change))
        for student in change.handed_in.students:
            rows.append([change.handed_in.key, student.best_name, student.email, *points, *why])
    return tables.MARK + tables.table(rows)


def _pairs(old: Grades, new: Grades) -> Iterator[tuple[Grade | None, Grade | None]]:
    """Match students, keeping those together who shared their work both before and after.

    Students are identified by address or number. If a grading has neither, submissions with the same key match.
    """
    keys = {each.handed_in.key: place for place, each in enumerate(new)}
    by_key = {before: keys[one.handed_in.key] for before, one in enumerate(old) if one.handed_in.key in keys}
    by_key = {before: after for before, after in by_key.items() if not (_named(old[before]) and _named(new[after]))}
    yield from ((old[before], new[after]) for before, after in by_key.items())
    left = dict.fromkeys(each for each in _members(new) if each.place not in by_key.values())
    known: dict[str, list[_Member]] = defaultdict(list)
    for each in left:
        for name in each.names:
            known[name].append(each)
    met: dict[tuple[int | None, int | None], list[tuple[_Member | None, _Member | None]]] = defaultdict(list)
    for each in (each for each in _members(old) if each.place not in by_key):
        same = [other for name in each.names for other in known[name]]
        other = min(same, key=lambda one: (one.key != each.key, one not in left)) if same else None
        if other:
            left.pop(other, None)
        met[each.place, other.place if other else None].append((each, other))
    for each in left:
        met[None, each.place].append((None, each))
    for (before, after), members in met.items():
        olds, news = zip(*members)
        yield (
            None if before is None else _of_these(old[before], olds),
            None if after is None else _of_these(new[after], news),
        )


def _named(grade: Grade) -> bool:
    return bool(identities(grade.handed_in))


@dataclass(frozen=True)
class _Member:
    """A student, with the index and the key of the submission. student: None if the export names nobody."""

    place: int
    key: str
    student: Student | None
    names: tuple[str, ...]


def _members(grades: Grades) -> Iterator[_Member]:
    for place, grade in enumerate(grades):
        key, by_key = grade.handed_in.key, (f"key {grade.handed_in.key}",)
        for student in grade.handed_in.students or (None,):
            alone = replace(grade.handed_in, students=(student,) if student else ())
            yield _Member(place, key, student, tuple(identities(alone)) or by_key)


def _of_these(grade: Grade, members: Iterable[_Member]) -> Grade:
    students = tuple(each.student for each in members if each.student)
    return replace(grade, handed_in=replace(grade.handed_in, students=students))


def _said(before: Grade, after: Grade) -> Iterator[tuple[Reason, str, str]]:
    """Yield changes that the autograder did not make: the reason, the number of the check or TOTAL, and a line."""
    olds, news = ({each.check: (each.points, each.reason) for each in one.overrides} for one in (before, after))
    names = {check.number: f"{check.number} {on_one_line(check.name)}" for check in after.result.checks}
    for check in sorted(olds.keys() | news.keys()):
        if olds.get(check) != news.get(check):
            why = f"set by hand ({on_one_line(news[check][1])})" if check in news else "no longer set by hand"
            points = " -> ".join(map(_points, (points_of(before, check), points_of(after, check))))
            yield Reason.OVERRIDDEN, check, f"{names.get(check, check)}: {points}, {why}"
    comments = [sum(each.points for each in one.comments) for one in (before, after)]
    if comments[0] != comments[1]:
        yield Reason.COMMENTS, TOTAL, f"comments: {comments[0]:+g} -> {comments[1]:+g} points"
    shares = [one.loss.share if one.loss else 0.0 for one in (before, after)]
    if shares[0] != shares[1]:
        yield Reason.LATENESS, TOTAL, f"lateness deduction {shares[0]:.0%} -> {shares[1]:.0%}"
    if before.attempt != after.attempt:
        yield Reason.ATTEMPT, TOTAL, f"attempt {before.attempt} counted before, now attempt {after.attempt}"


def _changed_checks(before: Result, after: Result) -> tuple[ChangedCheck, ...]:
    olds, news = ({check.number: check for check in result.checks} for result in (before, after))
    numbers = [*olds, *(number for number in news if number not in olds)]
    both = [(olds.get(number), news.get(number)) for number in numbers]
    return tuple((old, new) for old, new in both if _grade(old) != _grade(new))


def _grade(check: CheckResult | None) -> tuple[str, float, float] | None:
    return (check.verdict, check.score, check.points) if check else None


def _reasons(before: Result, after: Result, checks: Sequence[ChangedCheck]) -> Iterator[Reason]:
    """Yield the reasons. Other verdicts on other content need no mention; other points always do."""
    in_both = [(old, new) for old, new in checks if old and new]
    trend = bool(before.error) != bool(after.error)
    content = before.content != after.content
    verdict = not content and (trend or any(old.verdict != new.verdict for old, new in in_both))
    # A submission that could not be graded may have no checks and no points, even if the assignment has not changed.
    whole = not (before.error or after.error) and (len(in_both) < len(checks) or before.points != after.points)
    points = whole or any(old.points != new.points for old, new in in_both)
    if content:
        yield Reason.CONTENT
    if verdict:
        yield Reason.VERDICT
    if points:
        yield Reason.POINTS
    if not (content or verdict or points) and (checks or before.score != after.score):
        yield Reason.SCORE


def _place(change: Change) -> tuple[int, float, str]:
    kind = (change.before is None) + 2 * (change.after is None)
    return kind, -abs(change.difference), change.handed_in.key


def _block(change: Change) -> Iterator[str]:
    handed_in = change.handed_in
    addresses = ", ".join(student.email for student in handed_in.students if student.email) or handed_in.key
    yield f"{called(handed_in)} ({on_one_line(addresses)}): {_scores(change)}; {', '.join(map(str, change.reasons))}"
    errors = [one.result.error if one else "" for one in (change.before, change.after)]
    if errors[0] != errors[1]:
        labelled = zip(("before", "after"), errors)
        yield from (f"    {label}: {on_one_line(error)}" for label, error in labelled if error)
    yield from (f"    {line}" for _, line in details(change))


def _scores(change: Change) -> str:
    before, after = (_score(one) if one else "" for one in (change.before, change.after))
    if not (before and after):
        return before or after
    if before == after:
        return f"{after}, as before"
    return f"{before} -> {after}" + (f" ({change.difference:+g})" if change.difference else "")


def _score(grade: Grade) -> str:
    return _points(grade.total) + ("" if grade.total is None else f" of {grade.result.points:g}")


def _points(points: float | None) -> str:
    return "not graded" if points is None else f"{points:g}"


def _outcome(check: CheckResult | None) -> str:
    return f"{check.verdict} {check.score:g}/{check.points:g}" if check else "not there"


def _summary(changes: Sequence[Change]) -> str:
    trends, reasons = Counter(map(_trend, changes)), Counter(reason for change in changes for reason in change.reasons)
    changed = ", ".join(f"{trends[trend]} {trend}" for trend in TRENDS if trends[trend])
    why = ", ".join(f"{reason} ({reasons[reason]})" for reason in Reason if reasons[reason] and str(reason) not in TRENDS)
    return f"{len(changes)} changed: {changed}." + (f" Why: {why}." if why else "")


def _trend(change: Change) -> str:
    """Return in a word or two what became of the points."""
    if not (change.before and change.after):
        return str(change.reasons[0])
    before, after = change.before.total, change.after.total
    if before is None or after is None:
        return "as before" if before == after else "graded now" if before is None else "no longer graded"
    return "up" if after > before else "down" if after < before else "as before"
