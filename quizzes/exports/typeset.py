"""Documents with Typst: its fonts, what they can print, and tagged PDFs for screen readers (PDF/UA-1).

The same source gives the same bytes. Only Typst's own fonts are used, unless a text is in another script: then those of the
computer help out, and where they do not either, the student writes the name by hand.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import typst

from quizzes.roster import Owner
from quizzes.text.markdown import escaped_typst

SHEETS = {"a4": ("a4", 595, 841), "letter": ("us-letter", 612, 792)}  # Typst's name, width and height in points
LONG = 30  # letters of a word that may be broken anywhere
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # letters of some scripts need them
OWN, COMPUTERS, NO = range(3)  # which fonts have all letters of a text


@dataclass(frozen=True)
class Named:
    """Whose paper it is, in Typst's markup; "" where it is to be written by hand."""

    name: str = ""
    id: str = ""
    fonts: int = OWN
    missing: bool = False  # something could not be printed


def named(owner: Owner) -> Named:
    """Return the name and the id of a student, as far as they can be printed; nothing for a numbered version."""
    if owner.numbered:
        return Named()
    texts = [escaped_typst(clean(text)) if text else "" for text in (owner.name, owner.id)]
    fonts = [fonts_for(text) for text in texts]
    name, id = ("" if each == NO else text for text, each in zip(texts, fonts))
    return Named(name, id, max((each for each in fonts if each != NO), default=OWN), NO in fonts)


def clean(text: str) -> str:
    """Return a text without control characters; a word that is too long for a line can be broken."""
    steers = ("Cc", "Cf", "Cs")
    words = (
        "".join(each for each in word if unicodedata.category(each) not in steers or each in JOINERS)
        for word in text.split()
    )
    return " ".join(word if len(word) <= LONG else "\N{ZERO WIDTH SPACE}".join(word) for word in words)


@cache
def fonts_for(markup: str) -> int:
    """Return which fonts have all letters of a text: PDF/UA does not allow empty boxes."""
    if markup.isascii() and markup.isprintable():
        return OWN
    for fonts in (OWN, COMPUTERS):
        try:
            pdf(f'#set document(title: "names", date: none)\n= Names\n{markup}', fonts)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
        else:
            return fonts
    return NO


def pdf(source: str, fonts: int) -> bytes:
    """Return a document as PDF. fonts: OWN or COMPUTERS."""
    return typst.compile(source.encode(), font_paths=_fonts(fonts), pdf_standards=["ua-1"])


@cache
def _fonts(whose: int) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=whose == COMPUTERS)


def array(items: Iterable[str]) -> str:
    """Return Typst's array of items, which are in Typst's notation already."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def string(text: str) -> str:
    """Return a text as Typst's string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
