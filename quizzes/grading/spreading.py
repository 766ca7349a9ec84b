"""Spread a grid, or a row of one, that was typed as one text over its cells; a text that does not fit is refused."""

import re
from collections.abc import Mapping
from itertools import chain

from quizzes.grading.numbers import plain, readings
from quizzes.language import Language
from quizzes.question import Grid

_ROWS = re.compile(r" / |[;|()\[\]]+")
_CELLS = (re.compile(r" *, +| +"), re.compile(r"[ ,]+"))  # a comma alone separates numbers only if decimals do not fit


def cells(grid: Grid) -> list[tuple[str, int, int]]:
    """Return the name, row and column of each cell: ("r1c1", 0, 0), ..."""
    return [
        (f"r{row + 1}c{column + 1}", row, column) for row, line in enumerate(grid.values) for column in range(len(line))
    ]


def spread(grid: Grid, given: Mapping[str, str], language: Language) -> tuple[dict[str, str], list[str]]:
    """Return the text in each cell, and sentences about texts that do not fit the cells they were given for.

    given: texts by the names of cells, of rows ("r1"), or "" for the whole grid; the most specific one counts. A
    single cell that holds a number for each cell, while all others are empty, is the whole grid.
    """
    rows = [[name for name, row, _ in cells(grid) if row == number] for number in range(len(grid.values))]
    meant = {"": rows, **{f"r{number}": [names] for number, names in enumerate(rows, start=1)}}
    meant |= {name: [[name]] for names in rows for name in names}
    filled = {blank: text for blank, text in given.items() if text.strip()}
    found, refused = dict.fromkeys((name for name, _, _ in cells(grid)), ""), []
    for blank, text in sorted(filled.items(), key=lambda pair: len(pair[0])):
        if blank not in meant:
            refused.append(language.say("There is no cell {name}.", name=blank))
            continue
        names = meant[blank]
        if len(filled) == 1 and names == [[blank]] and len(found) > 1 and _all_numbers(_parts(text, rows)):
            if readings(text):
                refused.append(language.say("“{text}” could be one number or {count}.", text=shown(text), count=len(found)))
                continue
            names = rows
        flat = list(chain(*names))
        parts = [text] if len(flat) == 1 else _parts(text, names)
        if parts:
            found |= zip(flat, parts)
        else:
            refused.append(
                language.say(
                    "“{text}” does not fit {count} cells: write a number for each.", text=shown(text), count=len(flat)
                )
            )
    return found, refused


def shown(text: str) -> str:
    """Return the beginning of a typed text on one line."""
    return " ".join(text.split())[:40]


def _parts(text: str, names: list[list[str]]) -> list[str]:
    """Return the text of each of these cells, one by one; nothing if there are more or fewer, or other rows."""
    wanted = [len(row) for row in names]
    lines = [line.strip(" ,") for line in _ROWS.split(plain(text)) if line.strip(" ,")]
    for parting in _CELLS:
        parts = [parting.split(line) for line in lines]
        found = list(chain(*parts))
        whole_rows = len(parts) in (1, len(found)) or [len(part) for part in parts] == wanted
        if len(found) == sum(wanted) and whole_rows and not {"+", "-"} & set(found):
            return found
    return []


def _all_numbers(parts: list[str]) -> bool:
    return bool(parts) and all(map(readings, parts))
