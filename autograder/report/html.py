"""report.html: one page that needs nothing else."""

from functools import cache
from typing import Any

from autograder.grading import Report
from common import pages


def render(report: Report) -> str:
    """Return the report as a self-contained page. Whatever a student wrote is escaped."""
    return template().render(report=report)


@cache
def template() -> Any:
    """Return the page's template, loaded once."""
    return pages.template("autograder.report", "report.html.jinja", {"points": "{:g}".format})
