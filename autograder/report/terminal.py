"""The report as text for a terminal."""

import click

from autograder.feedback import Failure
from autograder.grading import Report
from autograder.runner import Outcome
from autograder.texts import without_control
from autograder.verdicts import Verdict

MARKS = {True: ("ok", "green"), False: ("--", "red")}


def summary(report: Report) -> str:
    """Return each part with its checks, then the reasons for what was not passed, then the score."""
    lines = []
    for part, outcomes in report.parts():
        if outcomes:
            score, most = sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)
            lines += ["", click.style(f"{part.title}  {score:g} of {most:g}", bold=True)]
            lines += [_line(outcome) for outcome in outcomes]
            lines += [f"        {note}" for outcome in outcomes for note in outcome.notes]
            charts = [str(chart) for outcome in outcomes for chart in outcome.charts]
            lines += [f"        {line}" for chart in charts for line in ("", *chart.splitlines())]
    failures = _told_once(report)
    if failures:
        lines += ["", click.style("What to look at", bold=True)]
    told = set()
    for outcome, failure in failures:
        # The first failure of a part is told with its pictures; what follows often goes away with it.
        text = failure.in_brief() if outcome.part.file in told else f"{failure}\n\n{outcome.practice}".rstrip()
        told.add(outcome.part.file)
        lines += ["", click.style(f"{outcome.number} {outcome.name}: {outcome.verdict}", fg="red")]
        lines += [f"    {line}" for line in without_control(text).splitlines()]
    lines += ["", *(f"Note: {without_control(remark)}" for remark in report.remarks)]
    if not report.public_only:  # at home it is the student's own code
        lines += [f'Sandbox: no layer "{name}" here ({reason})' for name, reason in report.missing_layers.items()]
    lines += ["", click.style(f"{report.score:g} of {report.points:g} points", bold=True)]
    return "\n".join(lines)


def _line(outcome: Outcome) -> str:
    mark, colour = MARKS[outcome.failure is None]
    verdict = "" if outcome.verdict is Verdict.PASSED else f"  [{outcome.verdict}]"
    points = f"{outcome.score:g}/{outcome.points:g}"
    return f"  {click.style(mark, fg=colour)}  {outcome.number}  {points:>6}  {outcome.name}{verdict}"


def _told_once(report: Report) -> list[tuple[Outcome, Failure]]:
    """Return the failures, without those that say the same as one before: a missing file is told once."""
    told: dict[tuple, tuple[Outcome, Failure]] = {}
    for outcome in report.outcomes:
        if outcome.failure:
            told.setdefault((outcome.part.file, outcome.failure.sentence), (outcome, outcome.failure))
    return list(told.values())
