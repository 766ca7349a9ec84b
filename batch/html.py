"""Pages that need nothing else: one file with its look and its script, and nothing of a student's in either."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pkgutil import get_data
from typing import Any
from urllib.parse import quote

from batch.names import NOT_SHOWN, called
from batch.records import HandedIn


def page(template: str, script: str = "", **values: Any) -> str:
    """Return a page from a template and a script of this folder. All values are escaped."""
    from markupsafe import Markup

    code = _file(script) if script else ""
    return (
        _environment()
        .from_string(_file(template))
        .render(
            style=Markup(_file("pages.css")),
            script=Markup(code),
            # Only this very script runs, and nothing can be loaded from anywhere.
            script_hash=Markup("sha256-" + b64encode(sha256(code.encode()).digest()).decode()),
            **values,
        )
    )


def report_of(handed_in: HandedIn) -> str:
    """Return where the report on a submission lies, as seen from the pages."""
    return f"submissions/{quote(handed_in.key, safe='')}/report.html"


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.finalize = lambda value: value.translate(NOT_SHOWN) if type(value) is str else value
    environment.filters |= {
        "called": called,
        "report": report_of,
        "points": lambda value: f"{round(value, 2):g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "width": lambda share: f"{100 * share:.2f}%",
        "of": lambda count, word: f"{count} {word}" + "s" * (count != 1),
    }
    return environment


@cache
def _file(name: str) -> str:
    return (get_data("batch", name) or b"").decode()
