"""What to look at first, and which failures one mistake explains."""

from autograder.grading import Report
from autograder.runner import Outcome
from autograder.verdicts import Verdict

NOT_BEGUN = (Verdict.NOT_IMPLEMENTED, Verdict.MISSING)


def start(report: Report) -> Outcome | None:
    """Return the failure to look at first: the first one of code that was begun, else the first one; None if all passed."""
    failed = [outcome for outcome in report.outcomes if outcome.failure and outcome.verdict is not Verdict.SKIPPED]
    begun = [outcome for outcome in failed if outcome.verdict not in NOT_BEGUN]
    return next(iter(begun or failed), None)


def explained(report: Report) -> dict[str, list[str]]:
    """Return the numbers of the failures that have the same mistake as an earlier one, by the earlier one's number."""
    firsts: dict[tuple[str, str], str] = {}
    others: dict[str, list[str]] = {}
    for outcome in report.outcomes:
        if outcome.failure and outcome.failure.misconception:
            mistake = outcome.part.file, outcome.failure.misconception
            if mistake in firsts:
                others.setdefault(firsts[mistake], []).append(outcome.number)
            else:
                firsts[mistake] = outcome.number
    return others
