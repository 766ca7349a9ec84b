"""What students answered: a file of one student's, a table of a class, or a folder of files.

A student's file has a line for each answer, for each row of a grid, or for a single cell of one, in any order:

    version = 6QRJ-MFP9
    1 = 5
    2 r1 = -3 4 0
    2 r2c3 = 7
    3 = B

A table has a line for each student and the same names as headings: student, version, 1, 2 r1c1, 3.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.errors import UserError
from quizzes.language import ENGLISH, Language
from quizzes.question import Grid
from quizzes.quiz import Version
from quizzes.roster import ID_HEADINGS, NAME_HEADINGS
from quizzes.sheets import decoded
from quizzes.tables import text_of
from quizzes.variant import Variant

LARGEST = 1_000_000  # bytes of one student's file
VERSION_HEADINGS = ("version", "version code", "code")
_BLANK = re.compile(r"(?:q(?:uestion)?)?\s*(\d{1,3})(?:\s*[. ]?\s*(r\d{1,3}\s*c\d{1,3}))?", re.IGNORECASE)
_ROW = re.compile(r"(?:q(?:uestion)?)?\s*(\d{1,3})\s*[. ]?\s*(r\d{1,3})", re.IGNORECASE)
_LINE = re.compile(r"([^=:]*)[=:](.*)")


@dataclass(frozen=True)
class Given:
    """What one student answered."""

    student: str  # an id, as far as the file tells
    version: str  # the code of the version, as far as the file tells
    answers: Mapping[int, Mapping[str, str]]  # for each question, from 1, the text in each blank
    source: str  # the file, and the line in it
    notes: tuple[str, ...] = ()  # what could not be understood
    picked: Mapping[int, Variant] = field(default_factory=dict)  # what each question was, where a platform has drawn it
    problem: str = ""  # why it cannot count
    when: tuple[float, ...] = ()  # the newer of a student's attempts has the greater
    sender: str = ""  # who handed it in, as far as its place tells
    name: str = ""  # which attempts of versions for the room are one student's


def form(version: Version, language: Language = ENGLISH) -> str:
    """Return the file that a student fills in. language: of what it says about itself."""
    say = language.say
    lines = [
        f"# {say('Write your answers behind the signs =. Letters for options: B, or A C.')}",
        f"# {say('A grid has a line for each row: write its numbers one after the other, with blanks between them.')}",
        f"version = {version.code}",
        "",
    ]
    for number, variant in enumerate(version.variants, start=1):
        if not isinstance(variant.answer, Grid):
            lines.append(f"{number} = ")
            continue
        columns = variant.answer.columns or [
            say("column {number}", number=place + 1) for place in range(len(variant.answer.values[0]))
        ]
        rows = variant.answer.rows or [""] * len(variant.answer.values)
        lines += [f"# {number}: {'; '.join(columns)}"]
        lines += [f"{number} r{row} = " + (f"    # {name}" if name else "") for row, name in enumerate(rows, start=1)]
    return "\n".join(lines) + "\n"


def read_file(content: bytes, source: str) -> Given:
    """Read one student's file; lines that mean nothing become notes, so that no other answer is lost."""
    if len(content) > LARGEST:
        return Given("", "", {}, source, problem=f"it is larger than {LARGEST // 1000} kB, too large for a file of answers")
    names: dict[str, str] = {}
    answers: dict[int, dict[str, str]] = {}
    notes = []
    for number, line in enumerate(decoded(content).splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line)
        name, text = (parts[1].strip(), parts[2].strip()) if parts else ("", "")
        filled = _filled(name, text)
        for place, within, typed in filled or []:
            if answers.get(place, {}).get(within, typed) != typed:
                notes.append(f"line {number} answers {name} once more; the last answer counts")
            answers.setdefault(place, {})[within] = typed
        if filled is not None:
            continue
        if name.casefold() in (*VERSION_HEADINGS, *ID_HEADINGS):
            names["version" if name.casefold() in VERSION_HEADINGS else "student"] = text
        elif name.casefold() not in NAME_HEADINGS:
            notes.append(f"line {number} was not understood: {line[:60]}")
    return Given(names.get("student", ""), names.get("version", ""), answers, source, tuple(notes))


def read_table(rows: Sequence[Sequence[str]], source: str) -> list[Given]:
    """Read a table of a class; raises UserError for headings that name no question, and for students who come twice."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise UserError(f"{source} holds no answers: it needs a line of headings and a line for each student")
    headings = [" ".join(heading.casefold().split()) for heading in rows[0]]
    version = next((headings.index(name) for name in VERSION_HEADINGS if name in headings), None)
    student = next((headings.index(name) for name in ID_HEADINGS if name in headings), None)
    if version is None and student is None:
        raise UserError(f"{source} has neither a column of versions nor one of students: head one with version or student")
    columns = {place: blank for place, name in enumerate(headings) if (blank := _blank(name))}
    known = {*ID_HEADINGS, *NAME_HEADINGS, *VERSION_HEADINGS, ""}
    unknown = [rows[0][place] for place, name in enumerate(headings) if place not in columns and name not in known]
    if unknown or not columns:
        what = f"the heading {unknown[0]!r}" if unknown else "no heading of a question"
        raise UserError(f"{source} has {what}: questions are headed 1, 2, or 2 r1c1 for a cell of a grid")
    given: list[Given] = []
    lines: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        cells = [*row, *[""] * (len(headings) - len(row))]
        answers: dict[int, dict[str, str]] = {}
        for place, (question, within) in columns.items():
            answers.setdefault(question, {})[within] = cells[place].removeprefix("'")
        one = Given(
            text_of(cells[student].strip()) if student is not None else "",
            cells[version].strip() if version is not None else "",
            answers,
            f"{source}, line {line}",
        )
        who = (one.student or one.version).casefold()
        if who and who in lines:
            raise UserError(f"{one.source}: {one.student or one.version} stands in line {lines[who]} too")
        lines[who] = line
        given.append(one)
    return given


def _filled(name: str, text: str) -> list[tuple[int, str, str]] | None:
    """Return the question, the blank and its text for each blank that a line fills; None for a line that is no answer."""
    if row := _ROW.fullmatch(name):
        cells = re.split(r"[\s;]+|,\s+", text.split("#")[0].strip())
        return [(int(row[1]), f"{row[2].lower()}c{column}", cell) for column, cell in enumerate(cells, start=1) if cell]
    blank = _blank(name)
    return [(*blank, text)] if blank else None


def _blank(name: str) -> tuple[int, str] | None:
    """Return the question and the blank in it that a name means: "2 r1c1" -> (2, "r1c1")."""
    found = _BLANK.fullmatch(name.strip())
    return (int(found[1]), "".join((found[2] or "").lower().split())) if found else None
