"""Pieces of Markdown that templates write often."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def matrix(values: Any) -> str:
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


def inline_matrix(values: Any) -> str:
    """Return rows of numbers as a matrix within a line, for an option or a cell of a table."""
    return matrix(values)[1:-1]


def sides(values: Sequence[int]) -> str:
    """Return height and width as $3 \\times 5$."""
    return f"${values[0]} \\times {values[1]}$"
