"""What failed, as a page without a template: check.pyz writes it for a browser, or for a notebook."""

from html import escape

from autograder import levels
from autograder.feedback import Drawing, Failure
from autograder.grading import Report
from autograder.levels import Level
from autograder.report import advice
from autograder.report.numbering import in_short
from autograder.runner import Outcome
from autograder.verdicts import Verdict
from common import pages, window

IN_A_LINE = (*advice.NOT_BEGUN, Verdict.SKIPPED)


def page(report: Report, asked: Level, command: str) -> str:
    """Return a page of the failures, the one to look at first on top, with sliding windows where there are any.

    asked: how much a student wants to see, if hints are given on request. command: runs the check whose number follows it.
    """
    first, explained, failures = advice.start(report), advice.explained(report), advice.with_shared_hints(report)
    elsewhere = {number for others in explained.values() for number in others}
    failed = [outcome for outcome in report.outcomes if outcome.failure and outcome.number not in elsewhere]
    title = f"{report.assignment.title}: {report.score:g} of {report.points:g} points"
    body = [f"<h1>{_text(title)}</h1>", *([] if failed else ["<p>All of these checks passed.</p>"])]
    for outcome in sorted(failed, key=lambda outcome: outcome is not first):
        if outcome.failure and outcome.verdict not in IN_A_LINE:
            level = advice.level(report, outcome, asked)
            body += _section(outcome, levels.shown(failures[outcome.number], level), explained.get(outcome.number, []))
            body += _element("p", levels.offer(outcome.failure, level, f"{command} {outcome.number}"))
    for verdict in IN_A_LINE:
        numbers = [outcome.number for outcome in failed if outcome.verdict is verdict]
        body += _element("p", f"{verdict.value.capitalize()}: {in_short(numbers)}." if numbers else "")
    return window.page(title, "\n".join(body))


def _section(outcome: Outcome, failure: Failure, others: list[str]) -> list[str]:
    drawn = [failure.working, *map(str, failure.grids)]
    tables = [f"<pre>{_text(text)}</pre>" for text in drawn if text]
    return [
        f"<h2>{_text(f'{outcome.number} {outcome.name}: {outcome.verdict}')}</h2>",
        *_element("p", failure.sentence),
        *_element('p class="hint"', failure.hint or ""),
        *(f"<figure>{chart.svg}</figure>" for chart in outcome.charts if isinstance(chart, Drawing)),
        *_element("p", f"The same mistake explains {in_short(others, ' and ')}." if others else ""),
        *_element("pre", "\n".join(failure.frames)),
        *(['<div class="slide">', window.embedded(failure.sliding), *tables, "</div>"] if failure.sliding else tables),
        *_element("pre", failure.call),
        *_element("pre", f"Your code printed:\n{failure.printed}" if failure.printed.strip() else ""),
    ]


def _element(start: str, text: str) -> list[str]:
    """Return an element with a text; nothing for an empty text."""
    return [f"<{start}>{_text(text)}</{start.split()[0]}>"] if text else []


def _text(text: str) -> str:
    """Return text as HTML, escaped."""
    return escape(text.translate(pages.NOT_SHOWN))
