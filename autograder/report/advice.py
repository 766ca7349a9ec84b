"""What to look at first, how much to show, what is new since an earlier run, and which failures share a cause."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from autograder.feedback import Failure, in_a_hint
from autograder.grading import Report
from autograder.levels import Level
from autograder.runner import Outcome
from autograder.verdicts import Verdict

NOT_BEGUN = (Verdict.NOT_IMPLEMENTED, Verdict.MISSING)
NOT_RUN = (Verdict.SKIPPED, Verdict.GRADER_ERROR)


def start(report: Report) -> Outcome | None:
    """Return the failure to look at first: the first in code that was begun, or the first of all; None if all passed."""
    failed = [outcome for outcome in report.outcomes if outcome.failure and outcome.verdict is not Verdict.SKIPPED]
    begun = [outcome for outcome in failed if outcome.verdict not in NOT_BEGUN]
    return next(iter(begun or failed), None)


def level(report: Report, outcome: Outcome, asked: Level) -> Level:
    """Return the level at which to show a failure: as asked if hints are given on request, otherwise in full."""
    return asked if report.public_only and not outcome.check.hints_at_once else Level.NUMBERS


def scores(report: Report) -> dict[str, float]:
    """Return the points of each check that could run."""
    return {outcome.number: outcome.score for outcome in report.outcomes if outcome.verdict not in NOT_RUN}


def changes(report: Report, before: Mapping[str, float]) -> dict[str, float]:
    """Return the points gained since an earlier run (negative if lost), for each check in both runs."""
    return {number: round(score - before[number], 2) for number, score in scores(report).items() if number in before}


def changes_in_words(report: Report, before: Mapping[str, float]) -> str:
    """Return "gained 1.2 (+4), 1.3 (+4); lost 2.1 (-3)"; "" if nothing has changed."""
    found = changes(report, before)
    gained = [f"{number} (+{change:g})" for number, change in found.items() if change > 0]
    lost = [f"{number} ({change:g})" for number, change in found.items() if change < 0]
    said = (("gained", gained), ("lost", lost))
    return "; ".join(f"{word} {', '.join(numbers)}" for word, numbers in said if numbers)


@dataclass
class Shared:
    """Failures of one part that have a reason in common. reasons: those that all of them share."""

    reasons: list[Hashable]
    outcomes: list[Outcome]


def explained(report: Report) -> dict[str, list[str]]:
    """Return, by its number, the later failures that have the same mistake as a failure."""
    return _numbers(_sharing(report, _mistakes))


def repeated(report: Report) -> dict[str, list[str]]:
    """Return, by its number, the later failures about which the report would say the same as about a failure."""
    return _numbers(_sharing(report, lambda failure: [] if failure.misconception else [_all_said(failure)]))


def with_shared_hints(report: Report) -> dict[str, Failure]:
    """Return the failures by number. Of all mistakes that explain one, only those remain that it shares with its group."""
    failures = {outcome.number: outcome.failure for outcome in report.outcomes if outcome.failure}
    for shared in _sharing(report, _mistakes):
        for number in (outcome.number for outcome in shared.outcomes):
            found = failures[number].explanations
            if kept := {name: found[name] for name in found if name in shared.reasons}:
                hint = in_a_hint(kept.values())
                failures[number] = replace(failures[number], hint=hint, misconception=next(iter(kept)), explanations=kept)
    return failures


def _mistakes(failure: Failure) -> list[Hashable]:
    return [*failure.explanations] or [name for name in [failure.misconception] if name]


def _sharing(report: Report, reasons: Callable[[Failure], list[Hashable]]) -> list[Shared]:
    """Group the failures that share reasons. reasons: returns those of a failure."""
    groups: list[Shared] = []
    for outcome in report.outcomes:
        if not outcome.failure or outcome.verdict is Verdict.NOT_IMPLEMENTED or not (found := reasons(outcome.failure)):
            continue
        for group in groups:
            common = [reason for reason in group.reasons if reason in found]
            if common and group.outcomes[0].part.file == outcome.part.file:
                group.reasons = common
                group.outcomes.append(outcome)
                break
        else:
            groups.append(Shared(found, [outcome]))
    return groups


def _numbers(groups: list[Shared]) -> dict[str, list[str]]:
    """Return, by the number of each group's first failure, the numbers of the others."""
    numbers = ([outcome.number for outcome in group.outcomes] for group in groups)
    return {first: others for first, *others in numbers if others}


def _all_said(failure: Failure) -> tuple[str, ...]:
    call = failure.call if failure.verdict is Verdict.WRONG else ""  # two wrong answers may have the same sentence
    return failure.sentence, call, *failure.frames
