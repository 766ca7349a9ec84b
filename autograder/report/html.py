"""report.html: one page that needs nothing else."""

import os
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from autograder.grading import Report

TEMPLATE = "report.html.jinja"
# Characters that turn the direction of the text around them: an answer would read as another one.
NO_TURNING = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), "\ufffd")


def render(report: Report) -> str:
    """Return the report as a self-contained page. Whatever a student wrote is escaped."""
    return template().render(report=report)


@cache
def template() -> Any:
    """Return the page's template, loaded once."""
    import jinja2

    # The compiled template is kept where Python keeps its own compiled modules: compiling takes longer than all else here.
    kept = Path(__file__).with_name("__pycache__")
    environment = jinja2.Environment(
        loader=jinja2.DictLoader({TEMPLATE: (pkgutil.get_data("autograder.report", TEMPLATE) or b"").decode()}),
        bytecode_cache=jinja2.FileSystemBytecodeCache(str(kept)) if os.access(kept, os.W_OK) else None,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.finalize = lambda value: value.translate(NO_TURNING) if type(value) is str else value
    environment.filters["points"] = lambda value: f"{value:g}"
    return environment.get_template(TEMPLATE)
