"""Pages that need nothing else: one file with its look and its script, and nothing of a student's in either."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

from batch.display_names import called, counted
from batch.grading.task import REPORT
from common import pages

SUBMISSIONS = "submissions"  # the folder with one for each submission, beside the class's pages


def page(template: str, script: str = "", **values: Any) -> str:
    """Return a page from a template and a script of this folder. All values are escaped."""
    own = pages.inlined(pages.text("batch.pages", "pages.css"), pages.text("batch.pages", script) if script else "")
    return _template(template).render(**own, **values)


def page_of(folder: str, name: str = REPORT) -> str:
    """Return where a page about a submission lies, as seen from the class's pages. folder: the submission's."""
    return f"{SUBMISSIONS}/{quote(folder)}/{name}"


@cache
def _template(name: str) -> Any:
    filters: dict[str, Callable] = {
        "called": called,
        "page": page_of,
        "points": lambda value: f"{round(value, 2):g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "width": lambda share: f"{100 * share:.2f}%",
        "of": counted,
    }
    return pages.template("batch.pages", name, filters)
