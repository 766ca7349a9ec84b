"""A CSV that a teacher gives: each line says something about one student."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from batch import people
from batch.records import HandedIn
from common.errors import UserError
from quizzes.roster import EMAIL_HEADINGS, ID_HEADINGS, NAME_HEADINGS, Row, heading_of
from quizzes.spreadsheets import read_csv

STUDENTS = (*EMAIL_HEADINGS, "key", *ID_HEADINGS, *NAME_HEADINGS)  # headings of columns that say who is meant


@dataclass(frozen=True)
class Line:
    """A line. place: the file and the line's number; student: an address, number, key or name; cells: by heading."""

    place: str
    student: str
    cells: Row

    def find(self, handed_in: Sequence[HandedIn]) -> HandedIn:
        """Return the submission of the student; raises UserError, which names the line, if there is none."""
        with self.named():
            return people.find(self.student, handed_in)

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        """Let a UserError say which line it is about."""
        try:
            yield
        except UserError as error:
            raise UserError(f"{self.place}: {error}") from None


def read(path: Path, columns: Sequence[str]) -> list[Line]:
    """Return the lines of a CSV that are not empty. columns: headings, in small letters, that it must have.

    Raises UserError if a column is missing, or a line says of nobody what it says.
    """
    headings, *rows = [[cell.strip() for cell in row] for row in read_csv(path)] or [[]]
    names = [heading_of(heading) for heading in headings]
    who = [heading for heading in STUDENTS if heading in names]
    if missing := [*([] if who else ["student"]), *(column for column in columns if column not in names)]:
        shown = ", ".join(map(repr, headings[:8])) or "nothing"
        raise UserError(f"{path} has no column {missing[0]!r}: its first line has {shown}")
    lines = []
    for number, row in enumerate(rows, start=2):
        cells = dict(zip(names, [*row, *[""] * len(names)]))
        if any(row):
            line = Line(f"{path}, line {number}", next((cells[heading] for heading in who if cells[heading]), ""), cells)
            if not line.student:
                raise UserError(f"{line.place} does not say which student it is about")
            lines.append(line)
    return lines
