"""The three pages, their scripts and their styles. A page's own files have names that change with their content."""

import re
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pkgutil import get_data
from typing import TYPE_CHECKING

from common import pages, window
from quizzes.language import Language
from quizzes.quiz import Quiz

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = "page_files"
SHARED = {"window.js": window.script, "window.css": window.style}
STYLES = ("window.css", "common.css", "results.css")
SCRIPTS = ("window.js", "connection.js", "questions.js", "results.js")
OWN = {  # what each page loads, in this order
    "phone": (*STYLES, "phone.css", *SCRIPTS, "blanks.js", "outbox.js", "moving.js", "phone.js"),
    "projector": (*STYLES, "projector.css", *SCRIPTS, "projector.js"),
    "teacher": (*STYLES, "teacher.css", *SCRIPTS, "teacher.js"),
}
_SAID = re.compile(r'\bsay\(\s*"([^"]+)"')


def page(name: str, quiz: Quiz, login: str = "") -> str:
    """Return a page in the language of a quiz. login: what students say to be let in, as `About.login` has it."""
    own = OWN[name]
    return _template(name).render(
        quiz=quiz,
        say=quiz.language.say,
        login=login,
        styles=[_named(each) for each in own if each.endswith(".css")],
        scripts=[_named(each) for each in own if each.endswith(".js")],
        phrases=pages.markup(pages.as_json(_phrases(name, quiz.language))),
    )


def files() -> dict[str, tuple[bytes, str]]:
    """Return each file by the name that pages know, and its kind."""
    names = dict.fromkeys(name for own in OWN.values() for name in own)
    return {_named(name): (_content(name), guess_type(name)[0] or "") for name in names}


def _phrases(name: str, language: Language) -> dict[str, str]:
    """Return what the scripts of a page say, by the English text."""
    said = [text for each in OWN[name] if each.endswith(".js") for text in _SAID.findall(_content(each).decode())]
    return {text: language.phrases[text] for text in said if text in language.phrases}


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
def _template(name: str) -> "Template":
    return pages.template("polls", f"{FOLDER}/{name}.html.jinja")
