"""Pages that need nothing else: one file with its look and its script, and nothing of a student's in either."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

from batch.display_names import called
from batch.records import HandedIn
from common import pages


def page(template: str, script: str = "", **values: Any) -> str:
    """Return a page from a template and a script of this folder. All values are escaped."""
    own = pages.inlined(pages.text("batch", "pages.css"), pages.text("batch", script) if script else "")
    return _template(template).render(**own, **values)


def report_of(handed_in: HandedIn) -> str:
    """Return where the report on a submission lies, as seen from the pages."""
    return f"submissions/{quote(handed_in.key, safe='')}/report.html"


@cache
def _template(name: str) -> Any:
    filters: dict[str, Callable] = {
        "called": called,
        "report": report_of,
        "points": lambda value: f"{round(value, 2):g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "width": lambda share: f"{100 * share:.2f}%",
        "of": lambda count, word: f"{count} {word}" + "s" * (count != 1),
    }
    return pages.template("batch", name, filters)
