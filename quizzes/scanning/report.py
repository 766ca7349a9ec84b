"""What a teacher gets from scans: the replies as a table, and each uncertain reading beside its picture, to correct."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from common import pages
from common.errors import UserError
from quizzes.quiz import GeneratedQuiz
from quizzes.roster import heading_of
from quizzes.scanning.bubbles import Reading
from quizzes.scanning.scan import Place, Scanned, Unread, Where
from quizzes.scanning.sheets import STUDENT, Sheet
from quizzes.spreadsheets import read_csv
from quizzes.tables import MARK, Cell, table, text_of

if TYPE_CHECKING:
    from jinja2 import Template

HEADINGS = ("file", "page", "version", "blank", "read", "why", "picture", "correction")
STUDENTS = "student id"  # the blank of a student's id
NOTHING = "none"  # a correction: nothing is answered here

Corrections = Mapping[tuple[Where, str], str]  # of a page and a blank on it


@dataclass(frozen=True)
class Unsure:
    """A reading that a person should look at."""

    page: Scanned
    blank: str
    reading: Reading
    picture: str  # its file, if there is one
    correction: str  # what a person has read

    @property
    def row(self) -> list[Cell]:
        """Return its line in the table of corrections."""
        where, reading = self.page.where, self.reading
        page: list[Cell] = [where.file, where.number, self.page.ticket.code]
        return [*page, self.blank, reading.text, reading.why, self.picture, self.correction]


def read_corrections(path: Path) -> Corrections:
    """Read the table in which a person has corrected uncertain readings; raises UserError for any other table."""
    rows = [row for row in read_csv(path) if any(cell.strip() for cell in row)]
    headings = [heading_of(cell) for cell in rows[0]] if rows else []
    needed = ("file", "page", "blank", "correction")
    if missing := [name for name in needed if name not in headings]:
        raise UserError(f"{path} has no column {missing[0]!r}: enter corrections in the corrections.csv of a scan")
    found = {}
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(headings, (text_of(cell).strip() for cell in [*row, *[""] * len(headings)])))
        if not cells["correction"]:
            continue
        if not cells["page"].isdecimal():
            raise UserError(f"{path}, line {line}: {cells['page']!r} is not the number of a page")
        found[Where(cells["file"], int(cells["page"])), cells["blank"]] = cells["correction"]
    return found


def corrected(scanned: Sequence[Scanned | Unread], corrections: Corrections) -> tuple[list[Scanned | Unread], list[str]]:
    """Return the corrected pages, and a sentence for each correction of a missing blank."""
    left, found = dict(corrections), []
    for page in scanned:
        if isinstance(page, Scanned):
            typed = {place: left.pop((page.where, named(place)), "") for place in page.readings}
            new = {
                place: Reading("" if text.casefold() == NOTHING else text, corrected=True)
                for place, text in typed.items()
                if text
            }
            page = replace(page, readings={**page.readings, **new})
        found.append(page)
    return found, [f"a correction is left over: {where} has no blank {blank}" for where, blank in left]


def named(place: Place) -> str:
    """Return a blank's name in tables: "4 r1c2"."""
    return STUDENTS if place == STUDENT else f"{place[0]} {place[1]}".strip()


def files(
    generated: GeneratedQuiz, sheets: Sequence[Sheet], corrections: Corrections, problems: Sequence[str]
) -> dict[str, bytes]:
    """Return answers.csv, corrections.csv, unsure.html and the pictures that it shows."""
    found: dict[str, bytes] = {"answers.csv": _answers(sheets)}
    unsure, students = [], []
    for place_of_sheet, sheet in enumerate(sheets, start=1):
        for page in sheet.pages:
            start = f"pictures/{place_of_sheet:04}-{page.ticket.page}"
            for place, reading in page.readings.items():
                key = page.where, named(place)
                if not reading.why and key not in corrections:
                    continue
                picture = f"{start}-{named(place).replace(' ', '-')}.png" if place in page.pictures else ""
                if picture:
                    found[picture] = page.pictures[place]
                unsure.append(Unsure(page, named(place), reading, picture, corrections.get(key, "")))
            if page.student:
                found[f"{start}-student.png"] = page.student
                students.append((sheet, f"{start}-student.png"))
    here = {(one.page.where, one.blank) for one in unsure}
    rows = [one.row for one in unsure]
    rows += [
        [where.file, where.number, "", blank, "", "", "", text]
        for (where, blank), text in corrections.items()
        if (where, blank) not in here
    ]
    found["corrections.csv"] = _table(HEADINGS, rows)
    html = _template().render(quiz=generated.quiz, sheets=sheets, unsure=unsure, students=students, problems=problems)
    return {**found, "unsure.html": html.encode()}


def _answers(sheets: Sequence[Sheet]) -> bytes:
    """Return a table that `quiz grade` takes: a line for each sheet."""
    given = [sheet.given() for sheet in sheets]
    blanks = sorted({(question, name) for one in given for question, filled in one.replies.items() for name in filled})
    rows: Iterable[Sequence[Cell]] = (
        [
            one.student or one.source,
            one.version,
            *(one.replies.get(question, {}).get(name, "") for question, name in blanks),
        ]
        for one in given
    )
    return _table(["student", "version", *map(named, blanks)], rows)


def _table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    return MARK + table([headings, *rows])


@cache
def _template() -> "Template":
    return pages.template("quizzes.scanning", "unsure.html.jinja")
