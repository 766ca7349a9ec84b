"""Tables from instructors: each line is about a student, and columns are found by their usual headings."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from common.errors import UserError
from quizzes.roster import FIRST_NAMES, ID_HEADINGS, LAST_NAMES, NAME_HEADINGS, heading_of, name_of
from quizzes.spreadsheets import read_csv

T = TypeVar("T")
Headings = Mapping[str, Sequence[str]]  # the usual headings of each column, in lower case, the best first

IDS = ("key", *(heading for heading in ID_HEADINGS if heading not in NAME_HEADINGS))  # "student" may be an ID or a name
STUDENTS = (*IDS, *NAME_HEADINGS, *FIRST_NAMES, *LAST_NAMES)
MOST_NAMED = 5  # invalid lines that a message names


@dataclass(frozen=True)
class Line:
    """One line. ids: cells that may identify the student. name: the student's name, or "". cells: by column.

    number: of the line in the file, from 1. row: all its cells, unchanged.
    """

    number: int
    ids: tuple[str, ...]
    name: str
    cells: Mapping[str, str]
    row: tuple[str, ...]

    @property
    def who(self) -> tuple[str, ...]:
        """What names the student, for `people.Directory`: IDs, the name with the number of "Participant 7", and the name.

        Moodle's folders have name and number, because two students may have the same name.
        """
        numbers = [found[1] for id in self.ids if self.name and (found := re.fullmatch(r"\D+ (\d+)", id))]
        return tuple(filter(None, (*self.ids, *(f"{self.name} {number}" for number in numbers), self.name)))


def read(path: Path, required: Headings, optional: Headings | None = None) -> tuple[list[str], list[Line]]:
    """Return the headings and the lines of a table. Empty lines are skipped; missing optional columns are empty.

    Raises UserError if the file is not a CSV, or if a required column is missing.
    """
    rows = read_csv(path)
    names = [heading_of(cell) for cell in rows[0]] if rows else []
    shown = ", ".join(repr(cell.strip()) for cell in rows[0][:8]) if rows else "nothing"
    optional = optional or {}
    columns = {
        column: next((heading for heading in headings if heading in names), "")
        for column, headings in {**required, **optional}.items()
    }
    taken = {heading for heading in columns.values() if heading}
    students = [heading for heading in STUDENTS if heading in names and heading not in taken]
    for column, known in {"student": students, **{column: columns[column] for column in required}}.items():
        if not known:
            wanted = ", ".join(required.get(column, ("email", "id", "name", "student")))
            raise UserError(
                f"{path} has no column of {column}s: name one of its columns {wanted}; its first line has {shown}"
            )
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = dict(reversed([*zip(names, [*map(str.strip, row), *[""] * len(names)])]))
        if any(cells.values()):
            ids = tuple(cells[heading] for heading in students if heading in IDS and cells[heading])
            values = {column: cells.get(heading, "") for column, heading in columns.items()}
            lines.append(Line(number, ids, name_of(cells), values, tuple(row)))
    return rows[0], lines


def each(path: Path, lines: Sequence[Line], act: Callable[[Line], T]) -> list[T]:
    """Return act(line) for each line; if it raises UserError for some, raise one that names them all."""
    made, wrong = [], []
    for line in lines:
        try:
            made.append(act(line))
        except UserError as error:
            wrong.append(f"line {line.number}: {error}")
    if wrong:
        more = [f"and {len(wrong) - MOST_NAMED} more lines"] if len(wrong) > MOST_NAMED else []
        raise UserError(f"{path}, " + ("\n" + " " * 4).join([*wrong[:MOST_NAMED], *more]))
    return made
