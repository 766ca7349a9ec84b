"""report.html: one page that needs nothing else."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from autograder.feedback import side_by_side
from autograder.grading import Report
from autograder.report import advice
from common import pages, window


def render(report: Report, who: str) -> str:
    """Return the report as a self-contained page. Whatever a student wrote is escaped.

    who: whose submission it is, and when it was handed in or graded, in a line.
    """
    explained = advice.explained(report)
    slides = any(outcome.failure and outcome.failure.sliding for outcome in report.outcomes)
    return template().render(
        report=report,
        who=who,
        first=advice.start(report),
        told=advice.told(report),
        explained=defaultdict(list, explained),
        explained_by=defaultdict(str, {other: first for first, others in explained.items() for other in others}),
        not_begun=advice.NOT_BEGUN,
        **pages.inlined(window.style(), window.script() if slides else ""),
    )


@cache
def template() -> Any:
    """Return the page's template, loaded once."""
    filters: dict[str, Callable] = {
        "points": "{:g}".format,
        "side_by_side": side_by_side,
        "markup": pages.markup,
        "window": lambda sliding: pages.markup(window.embedded(sliding)),
    }
    return pages.template("autograder.report", "report.html.jinja", filters)
