"""What to look at first, how much is shown, what is new since an earlier run, and which failures one reason explains."""

from collections.abc import Callable, Mapping

from autograder.feedback import Failure
from autograder.grading import Report
from autograder.levels import Level
from autograder.runner import Outcome
from autograder.verdicts import Verdict

NOT_BEGUN = (Verdict.NOT_IMPLEMENTED, Verdict.MISSING)
NOT_RUN = (Verdict.SKIPPED, Verdict.GRADER_ERROR)


def start(report: Report) -> Outcome | None:
    """Return the failure to look at first: the first one of code that was begun, else the first one; None if all passed."""
    failed = [outcome for outcome in report.outcomes if outcome.failure and outcome.verdict is not Verdict.SKIPPED]
    begun = [outcome for outcome in failed if outcome.verdict not in NOT_BEGUN]
    return next(iter(begun or failed), None)


def level(report: Report, outcome: Outcome, asked: Level) -> Level:
    """Return the level at which a failure is shown: as asked where hints are given on request, else in full."""
    return asked if report.public_only and not outcome.check.hints_at_once else Level.NUMBERS


def scores(report: Report) -> dict[str, float]:
    """Return the points of each check, of those that could run."""
    return {outcome.number: outcome.score for outcome in report.outcomes if outcome.verdict not in NOT_RUN}


def changes(report: Report, before: Mapping[str, float]) -> dict[str, float]:
    """Return the points gained since an earlier run, below 0 where they were lost, of each check that was in it."""
    return {number: round(score - before[number], 2) for number, score in scores(report).items() if number in before}


def changes_in_words(report: Report, before: Mapping[str, float]) -> str:
    """Return "gained 1.2 (+4), 1.3 (+4); lost 2.1 (-3)"; "" where nothing has changed."""
    found = changes(report, before)
    gained = [f"{number} (+{change:g})" for number, change in found.items() if change > 0]
    lost = [f"{number} ({change:g})" for number, change in found.items() if change < 0]
    said = (("gained", gained), ("lost", lost))
    return "; ".join(f"{word} {', '.join(numbers)}" for word, numbers in said if numbers)


def explained(report: Report) -> dict[str, list[str]]:
    """Return the numbers of the failures that have the same mistake as an earlier one, by the earlier one's number."""
    return _alike(report, lambda failure: (failure.misconception,) if failure.misconception else None)


def repeated(report: Report) -> dict[str, list[str]]:
    """Return the numbers of the failures of which the same is said as of an earlier one, by the earlier one's number."""
    return _alike(report, lambda failure: None if failure.misconception else _all_said(failure))


def _alike(report: Report, reason: Callable[[Failure], tuple | None]) -> dict[str, list[str]]:
    """Return failures of one part that have a reason in common with an earlier one. reason: of a failure, if it has one."""
    firsts: dict[tuple, str] = {}
    others: dict[str, list[str]] = {}
    for outcome in report.outcomes:
        if outcome.failure and outcome.verdict is not Verdict.NOT_IMPLEMENTED and (found := reason(outcome.failure)):
            first = firsts.setdefault((outcome.part.file, *found), outcome.number)
            if first != outcome.number:
                others.setdefault(first, []).append(outcome.number)
    return others


def _all_said(failure: Failure) -> tuple[str, ...]:
    call = failure.call if failure.verdict is Verdict.WRONG else ""  # two wrong answers may be wrong in the same words
    return failure.sentence, call, *failure.frames
