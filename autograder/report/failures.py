"""What failed, as a page that needs no template: check.pyz writes it for a browser at home, or for a notebook."""

from html import escape

from autograder import levels
from autograder.feedback import Failure
from autograder.grading import Report
from autograder.levels import Level
from autograder.report import advice
from autograder.runner import Outcome
from common import pages, window


def page(report: Report, asked: Level = Level.WRONG) -> str:
    """Return the failures, the one to look at first before all others, each with its window where one slides.

    asked: how much a student wants to see where hints are given on request.
    """
    first, explained = advice.start(report), advice.explained(report)
    elsewhere = {number for others in explained.values() for number in others}
    failed = [outcome for outcome in report.outcomes if outcome.failure and outcome.number not in elsewhere]
    begun = sorted(
        (outcome for outcome in failed if outcome.verdict not in advice.NOT_BEGUN), key=lambda outcome: outcome is not first
    )
    rest = ", ".join(outcome.number for outcome in failed if outcome not in begun)
    title = f"{report.assignment.title}: {report.score:g} of {report.points:g} points"
    body = [f"<h1>{_text(title)}</h1>"]
    for outcome in begun:
        level = Level.NUMBERS if outcome.check.hints_at_once else asked
        failure = levels.shown(outcome.failure, level)  # type: ignore[arg-type]
        body += _section(outcome, failure, explained.get(outcome.number, []))
    body += [f"<p>Not begun: {_text(rest)}.</p>"] if rest else []
    return window.page(title, "\n".join(body if failed else [*body, "<p>All of these checks passed.</p>"]))


def _section(outcome: Outcome, failure: Failure, others: list[str]) -> list[str]:
    drawn = [failure.working, *map(str, failure.grids)]
    tables = [f"<pre>{_text(text)}</pre>" for text in drawn if text]
    return [
        f"<h2>{_text(f'{outcome.number} {outcome.name}: {outcome.verdict}')}</h2>",
        *_element("pre", failure.call),
        *_element("p", failure.sentence),
        *_element('p class="hint"', failure.hint or ""),
        *_element("p", f"The same mistake explains {', '.join(others)}." if others else ""),
        *_element("pre", "\n".join(failure.frames)),
        *(['<div class="slide">', window.embedded(failure.sliding), *tables, "</div>"] if failure.sliding else tables),
        *_element("pre", f"Your code printed:\n{failure.printed}" if failure.printed.strip() else ""),
    ]


def _element(start: str, text: str) -> list[str]:
    """Return an element with a text; none where there is none."""
    return [f"<{start}>{_text(text)}</{start.split()[0]}>"] if text else []


def _text(text: str) -> str:
    """Return text as HTML, of which nothing in it can be a part."""
    return escape(text.translate(pages.NO_TURNING))
