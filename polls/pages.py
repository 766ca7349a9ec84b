"""The three pages, their scripts and their styles. A page's own files have names that change with their content."""

from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pkgutil import get_data
from typing import Any

from common import pages, window
from quizzes.quiz import Quiz

FOLDER = "page_files"
SHARED = {"say.js": window.speaking, "window.js": window.script, "window.css": window.style}
HALL = ("window.js", "connection.js", "questions.js", "results.js")
OWN = {  # what each page loads, in this order
    "phone": ("common.css", "phone.css", "say.js", "connection.js", "questions.js", "phone.js"),
    "projector": ("window.css", "common.css", "projector.css", *HALL, "projector.js"),
    "teacher": ("window.css", "common.css", "teacher.css", *HALL, "teacher.js"),
}


def page(name: str, quiz: Quiz, has_roster: bool) -> str:
    """Return a page in the language of a quiz."""
    own = OWN[name]
    return _template(name).render(
        quiz=quiz,
        has_roster=has_roster,
        styles=[_named(each) for each in own if each.endswith(".css")],
        scripts=[_named(each) for each in own if each.endswith(".js")],
    )


def file(named: str) -> tuple[bytes, str] | None:
    """Return a file by the name that pages know, and its kind; None if there is none."""
    return _files().get(named)


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    names = dict.fromkeys(name for own in OWN.values() for name in own)
    return {_named(name): (_content(name), guess_type(name)[0] or "") for name in names}


@cache
def _named(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{sha256(_content(name)).hexdigest()[:12]}.{ending}"


@cache
def _content(name: str) -> bytes:
    if name in SHARED:
        return SHARED[name]().encode()
    return get_data("polls", f"{FOLDER}/{name}") or b""


@cache
def _template(name: str) -> Any:
    return pages.template("polls", f"{FOLDER}/{name}.html.jinja")
