"""report.html: one page that needs nothing else."""

import pkgutil

from autograder.grading import Report


def render(report: Report) -> str:
    """Return the report as a self-contained page. Whatever a student wrote is escaped."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["points"] = lambda value: f"{value:g}"
    template = (pkgutil.get_data("autograder.report", "report.html.jinja") or b"").decode()
    return environment.from_string(template).render(report=report)
