"""Tables as CSV for spreadsheets. All of convgrade's tables are written here, so that no cell becomes a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

# Of UTF-8: without it Excel takes a file for Latin-1. Programs that read a table may stumble over it.
MARK = b"\xef\xbb\xbf"
# Where a cell begins, or would begin where spreadsheets separate cells by semicolons, as in many countries; spaces
# and quotation marks before the sign do not hinder a spreadsheet. There, a quotation mark after a semicolon, the text's own
# or the one that ends the cell, would swallow what follows, the next rows too.
_FORMULA = re.compile(r"(?:^|;)(?=[\s'\"]*[=+\-@|%])|;(?=[\s']*(?:\"|$))")
_GUARDED = re.compile(r"(?:^|;)'(?=[\s'\"]*[=+\-@|%])|;'(?=[\s']*(?:\"|$))")

Cell = str | int | float | Decimal


def table(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV in UTF-8, without its mark; what cannot be written in UTF-8 becomes a question mark."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8", "replace")


def cell(value: Cell) -> str:
    """Return a number as it is, and text as one line that no spreadsheet takes for a formula.

    Where a formula could begin, an apostrophe goes before it; `text_of` takes it away again. Text that looks like a number
    is guarded too: even -1 may begin a formula, together with the next cell, where a comma is part of a number.
    Source: OWASP, CSV injection; ASVS 1.2.10.
    """
    if isinstance(value, int | float | Decimal):
        return str(value)
    line = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in value)
    places = [found.end() for found in _FORMULA.finditer(_plain(line))]
    return "'".join(line[start:end] for start, end in zip([0, *places], [*places, len(line)]))


def text_of(cell: str) -> str:
    """Return the text that `cell` wrote: take away the apostrophes before what could be a formula."""
    places = [found.end() for found in _GUARDED.finditer(_plain(cell))]
    return "".join(cell[start : end - 1] for start, end in zip([0, *places], [*places, len(cell) + 1]))


def _plain(text: str) -> str:
    """Return a text with each letter as the ASCII letter that a program may make of it: full-width signs, odd blanks."""
    return "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    return " " if unicodedata.category(letter) == "Cf" else unicodedata.normalize("NFKC", letter)[:1]
