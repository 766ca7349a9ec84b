"""Self-contained pages: one file with its style and script, neither of which contains anything from a student."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from batch.display_names import called, counted
from batch.grading.task import REPORT
from common import pages

if TYPE_CHECKING:
    from jinja2 import Template

SUBMISSIONS = "submissions"  # the folder, next to the class page, with a folder for each submission


def page(template: str, script: str = "", **values: object) -> str:
    """Return a page from a template and a script in this folder. All values are escaped."""
    own = pages.inlined(pages.text("batch.pages", "pages.css"), pages.text("batch.pages", script) if script else "")
    return _template(template).render(**own, **values)


def page_of(folder: str, name: str = REPORT) -> str:
    """Return the link from the class page to a page about a submission. folder: the submission's."""
    return f"{SUBMISSIONS}/{quote(folder)}/{name}"


@cache
def _template(name: str) -> "Template":
    filters: dict[str, Callable[..., str]] = {
        "called": called,
        "page": page_of,
        "points": lambda value: f"{round(value, 2):g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "width": lambda share: f"{100 * share:.2f}%",
        "of": counted,
    }
    return pages.template("batch.pages", name, filters)
