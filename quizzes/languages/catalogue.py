"""Catalogues: a TOML file for each language, with a translation of each English text.

    code = "de"
    [program]
    "Question {number}" = "Frage {number}"
    [questions]
    "A kernel {kernel} pixels wide slides over an image." = "Ein Kern der Breite {kernel} gleitet über ein Bild."

Placeholders are in braces, with the same names on both sides. An empty text is not translated yet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from common.errors import UserError
from common.records import build, read_toml
from quizzes.language import ENGLISH, Language

OURS = Path(__file__).parent
PLACE = re.compile(r"\{([a-z]\w*)\}")  # {kernel}, but not the {2} of LaTeX's 2^{2}
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Catalogue:
    """The contents of a file. code: of the language, as in HTML. program: texts of convgrade itself, around questions."""

    code: str
    program: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """Return all entries."""
        return {**self.program, **self.questions}


def find(asked: str, folder: Path) -> Language:
    """Return English, one of our languages by its code, or the language of a catalogue file, relative to a folder.

    A file with the code of one of ours adds to it and takes precedence. Raises UserError for anything else, and for
    a catalogue with an invalid entry.
    """
    if asked == ENGLISH.code:
        return ENGLISH
    if asked in ours():
        return _language(read(OURS / f"{asked}.toml"))
    if not asked.endswith(".toml"):
        raise UserError(
            f"unknown language {asked!r}; available: {', '.join(['en', *ours()])}. "
            f"`convgrade quiz texts` starts a catalogue for another one"
        )
    own = _language(read(folder / asked))
    base = _language(read(OURS / f"{own.code}.toml")) if own.code in ours() else ENGLISH
    return Language(own.code, {**base.phrases, **own.phrases})


def begun(asked: str, folder: Path) -> Language:
    """Return a language as `find` does, or an empty one for a new code."""
    if _CODE.fullmatch(asked) and asked not in ours():
        return Language(asked)
    return find(asked, folder)


@cache
def ours() -> list[str]:
    """Return the codes of the languages that come with convgrade, besides English."""
    return sorted(path.stem for path in OURS.glob("*.toml"))


def program() -> list[str]:
    """Return the texts of convgrade itself, around questions."""
    return list(dict.fromkeys(english for code in ours() for english in read(OURS / f"{code}.toml").program))


def read(path: Path) -> Catalogue:
    """Read a catalogue; raises UserError, which names the invalid entry."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"the catalogue {path} cannot be read: {error.strerror}") from None
    found = build(Catalogue, read_toml(content, str(path)), str(path))
    if not _CODE.fullmatch(found.code):
        raise UserError(f"{path}: code must be a language as HTML names it, such as fr or pt-BR, not {found.code!r}")
    for english, said in found.texts.items():
        if said and (fault := _fault(english, said)):
            raise UserError(f"{path}: {english!r}: {fault}")
    return found


def _language(catalogue: Catalogue) -> Language:
    return Language(catalogue.code, {english: said for english, said in catalogue.texts.items() if said})


def _fault(english: str, said: str) -> str:
    """Return what is wrong with an entry, or nothing."""
    places, given = set(PLACE.findall(english)), set(PLACE.findall(said))
    if places != given:
        missing, more = sorted(places - given), sorted(given - places)
        return " and ".join(
            [f"the translation lacks {{{name}}}" for name in missing] + [f"the English has no {{{name}}}" for name in more]
        )
    if places and not PLACE.sub("", english).strip():
        return "there must be words beside the places"
    if "{}{}" in PLACE.sub("{}", english):
        return "there must be words between two places"
    return ""
