"""report.html: one self-contained page."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from autograder.feedback import Failure, side_by_side
from autograder.grading import Report
from autograder.report import advice, code
from autograder.report.code import Excerpt
from autograder.runner import Outcome
from common import pages, window

if TYPE_CHECKING:
    from jinja2 import Template


def render(report: Report, who: str) -> str:
    """Return the report as a self-contained page. All text from the student is escaped.

    who: a line that says whose submission this is, and when it was submitted or graded.
    """
    explained, failures = advice.explained(report), advice.with_shared_hints(report)
    codes = {number: found for number, found in _codes(report, failures).items() if found}
    slides = any(outcome.failure and outcome.failure.sliding for outcome in report.outcomes)
    return template().render(
        report=report,
        who=who,
        first=advice.start(report),
        failures=failures,
        parts=[_sums(part.title, outcomes) for part, outcomes in report.parts() if outcomes],
        codes=defaultdict(list, codes),
        shown_at=defaultdict(str, _shown_at(codes)),
        explained=defaultdict(list, explained),
        explained_by=defaultdict(str, {other: first for first, others in explained.items() for other in others}),
        not_begun=advice.NOT_BEGUN,
        **pages.inlined(window.style(), window.script() if slides else ""),
    )


def _codes(report: Report, failures: Mapping[str, Failure]) -> dict[str, list[Excerpt]]:
    """Return the code to show beside each failure, by its number."""
    files = {outcome.number: outcome.part.file for outcome in report.outcomes}
    return {number: code.beside(failure, files[number], report.sources) for number, failure in failures.items()}


def _shown_at(codes: Mapping[str, list[Excerpt]]) -> dict[str, str]:
    """Return, for each check whose code is long and was shown before, the check that shows it."""
    first: dict[tuple[Excerpt, ...], str] = {}
    for number, found in codes.items():
        if all(len(one.lines) > code.LONG for one in found):
            first.setdefault(tuple(found), number)
    return {number: at for number, found in codes.items() if (at := first.get(tuple(found), number)) != number}


def _sums(title: str, outcomes: Sequence[Outcome]) -> tuple[str, float, float]:
    return title, sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)


@cache
def template() -> "Template":
    """Return the page's template, loaded once."""
    filters: dict[str, Callable[..., Any]] = {
        "points": "{:g}".format,
        "side_by_side": side_by_side,
        "markup": pages.markup,
        "window": lambda sliding: pages.markup(window.embedded(sliding)),
    }
    return pages.template("autograder.report", "report.html.jinja", filters)
