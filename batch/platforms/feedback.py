"""The feedback on a submission as text: the final grade, and what students may see of the checks."""

from collections.abc import Iterator

from autograder.assignment import Assignment
from autograder.config import HIDDEN
from autograder.report.numbering import in_short
from autograder.report.terminal import wrapped
from autograder.verdicts import Verdict
from batch.display_names import on_one_line, submitted_by
from batch.grades import TOTAL, Grade
from batch.models import CheckResult

WIDTH, INDENT = 78, " " * 4  # of a line, for mail


def text(grade: Grade, assigned: Assignment) -> str:
    """Return the feedback on a submission, for all of its students."""
    seen = [check for check in grade.checks if is_shown(check, assigned)]
    blocks = (
        _heading(grade, assigned),
        _points(grade),
        _said(grade, seen),
        *(_failed(alike, assigned) for alike in _alike(seen)),
        _rest(grade, seen),
    )
    return "\n\n".join(block for each in blocks if (block := "\n".join(each))) + "\n"


def is_shown(check: CheckResult, assigned: Assignment) -> bool:
    """Return whether students see a check after grades are published."""
    return check.number in assigned.config.checks and assigned.config.visibility(check.number) != HIDDEN


def shows_all(assigned: Assignment) -> bool:
    """Return whether students may see every check."""
    return assigned.config.hidden_checks_show != HIDDEN


def _heading(grade: Grade, assigned: Assignment) -> Iterator[str]:
    yield from _lines(assigned.title)
    attempt = f", attempt {grade.attempt} of {grade.attempts}" if grade.attempts > 1 else ""
    yield from _lines(f"{submitted_by(grade.handed_in)}{attempt}")


def _points(grade: Grade) -> Iterator[str]:
    if grade.result.error:
        yield from _lines(f"Your submission could not be graded: {grade.result.error.rstrip('.')}.")
    if grade.total is not None:
        yield from _lines(f"{grade.total:g} of {grade.result.points:g} points")
    if grade.not_final:
        yield from _lines(grade.not_final)
    if grade.loss and grade.lost:
        yield from _lines(f"{grade.score:g} before the deduction for lateness. {grade.loss.sentence}")


def _said(grade: Grade, seen: list[CheckResult]) -> Iterator[str]:
    """Yield the instructor's overrides and comments."""
    shown = [TOTAL, *(check.number for check in seen)]
    for override, line in zip(grade.overrides, grade.overridden):
        if override.check in shown:
            yield from _lines(f"Set by your instructor: {line}")
    for comment in grade.comments:
        about = [comment.file, f"line {comment.line}" if comment.line else ""]
        about += ["in another attempt"] if comment.digest not in ("", grade.result.digest) else []
        place = ", ".join(filter(None, about))
        points = f" ({comment.points:+g} points)" if comment.points else ""
        yield from _lines(f"{place}{': ' if place else ''}{comment.text}{points}")


def _alike(seen: list[CheckResult]) -> list[list[CheckResult]]:
    """Return the failed checks, grouping those of a part that failed for the same reason."""
    groups: dict[tuple[str, ...], list[CheckResult]] = {}
    for check in seen:
        if check.verdict != Verdict.PASSED.value:
            reason = (check.part, check.verdict, check.sentence, check.hint)
            groups.setdefault(reason if check.sentence else (check.number,), []).append(check)
    return list(groups.values())


def _failed(alike: list[CheckResult], assigned: Assignment) -> Iterator[str]:
    check, score, points = alike[0], sum(each.score for each in alike), sum(each.points for each in alike)
    called = f"{check.number} {check.name}" if len(alike) == 1 else in_short([each.number for each in alike])
    yield from _lines(f"{called}: {check.verdict}, {score:g} of {points:g} points")
    if check.sentence:
        yield from _lines(check.sentence, INDENT)
    if check.hint and assigned.config.hints_at_once(check.number):
        yield from _lines(f"Hint: {check.hint}", INDENT)


def _rest(grade: Grade, seen: list[CheckResult]) -> Iterator[str]:
    if passed := [check.number for check in seen if check.verdict == Verdict.PASSED.value]:
        yield from _lines(f"Passed: {in_short(passed)}.")
    if hidden := len(grade.checks) - len(seen):
        yield from _lines(f"{hidden} more {'check' if hidden == 1 else 'checks'}, which you cannot see, also count.")
    for remark in grade.result.remarks:
        yield from _lines(f"Note: {remark}")


def _lines(text: str, indent: str = "") -> list[str]:
    """Wrap a sentence, which may contain text from a submission."""
    return wrapped(on_one_line(text), WIDTH, indent, indent)
