"""Pieces of Markdown that templates often need."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

_LONG = re.compile(r"(?<![\w.,])\d{5,}(?!\w)")  # a whole number above 9,999
_SPANS = re.compile(r"(`+.+?`+|\$+.+?\$+)", re.DOTALL)  # code and mathematics


def matrix(values: object) -> str:
    """Return rows of numbers as a displayed matrix."""
    rows = " \\\\ ".join(" & ".join(str(value) for value in row) for row in np.asarray(values, dtype=object))
    return f"$$\\begin{{bmatrix}} {rows} \\end{{bmatrix}}$$"


def table(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table with a line of headings."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def minus(text: object) -> str:
    """Return a text with minus signs where it has hyphens: for numbers outside of mathematics."""
    return str(text).replace("-", "\N{MINUS SIGN}")


def listed(values: Sequence[Any]) -> str:
    """Return "1, 2 and 3"."""
    words = [str(value) for value in values]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def inline_matrix(values: object) -> str:
    """Return rows of numbers as a matrix within a line, for an option or a cell of a table."""
    return matrix(values)[1:-1]


def sides(values: Sequence[int]) -> str:
    r"""Return height and width as $3 \times 5$."""
    return f"${values[0]} \\times {values[1]}$"


def grouped(text: str) -> str:
    """Return a text with the digits of all numbers above 9,999 in groups; code stays as it is."""
    if not _LONG.search(text):  # most of them
        return text
    return "".join(part if part.startswith("`") else _LONG.sub(_with_commas(part), part) for part in _SPANS.split(text))


def _with_commas(part: str) -> Callable[[re.Match[str]], str]:
    comma = "{,}" if part.startswith("$") else ","  # LaTeX puts a space after a bare comma
    return lambda number: f"{int(number[0]):,}".replace(",", comma)
