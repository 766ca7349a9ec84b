"""Students' replies: one student's file, a table of a class, or a folder of files.

A student's file has a line for each answer, for each row of a grid, or for a single cell of one, in any order:

    version = 6QRJ-MFP9
    1 = 5
    2 r1 = -3 4 0
    2 r2c3 = 7
    3 = B

Text after a # is a comment. A table has a line for each student and the same names as headings: student,
version, 1, 2 r1c1, 3.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.errors import UserError
from quizzes.grading.numbers import plain
from quizzes.language import ENGLISH, Language
from quizzes.question import Grid
from quizzes.quiz import Version
from quizzes.roster import FIRST_NAMES, ID_HEADINGS, LAST_NAMES, NAME_HEADINGS, heading_of
from quizzes.spreadsheets import binary, decoded
from quizzes.tables import text_of
from quizzes.variant import Variant

LARGEST = 1_000_000  # bytes of one student's file
VERSION_HEADINGS = ("version", "version code", "code")
OTHER_HEADINGS = (*NAME_HEADINGS, *FIRST_NAMES, *LAST_NAMES, "")
_BLANK = re.compile(r"(?:q(?:uestion)?)?\s*(\d{1,3})\s*[.)]?\s*(r\d{1,3}(?:\s*c\d{1,3})?)?", re.IGNORECASE)
_LINE = re.compile("([^=:\uff1d\uff1a]*)[=:\uff1d\uff1a](.*)")  # full-width signs too


@dataclass(frozen=True)
class Responses:
    """A student's replies to a quiz."""

    student: str  # an id, as far as the file tells
    version: str  # the code of the version, as far as the file tells
    replies: Mapping[int, Mapping[str, str]]  # for each question, from 1, the text by the name of a blank or of a row
    source: str  # the file, and the line in it
    notes: tuple[str, ...] = ()  # what was not understood
    picked: Mapping[int, Variant] = field(default_factory=dict)  # the variant of each question, if a platform drew it
    problem: str = ""  # why it cannot count
    when: tuple[float, ...] = ()  # larger for a student's newer attempt
    sender: str = ""  # who handed it in, if its path says so
    name: str = ""  # identifies a student's attempts at versions for the room


def answer_file(version: Version, language: Language = ENGLISH) -> str:
    """Return the file that a student fills in."""
    lines = [
        "# " + language.say("Write your answers after the equals signs. For options, write letters: B, or A C."),
        "# "
        + language.say("A grid has a line for each row: write its numbers one after the other, with spaces between them."),
        f"version = {version.code}",
        "",
    ]
    for number, variant in enumerate(version.variants, start=1):
        if not isinstance(variant.answer, Grid):
            lines.append(f"{number} = ")
            continue
        count = len(variant.answer.values[0])
        columns = variant.answer.columns or [language.say("column {name}", name=place + 1) for place in range(count)]
        rows = variant.answer.rows or [""] * len(variant.answer.values)
        lines += [f"# {number}: {'; '.join(columns)}"]
        lines += [f"{number} r{row} = " + (f"    # {name}" if name else "") for row, name in enumerate(rows, start=1)]
    return "\n".join(lines) + "\n"


def read_file(content: bytes, source: str, language: Language = ENGLISH) -> Responses:
    """Read one student's file; lines that mean nothing become notes, so that no other reply is lost.

    language: of notes and problems.
    """
    say = language.say
    if len(content) > LARGEST:
        too_large = say("it is larger than {size} kB, which is too large for an answer file", size=LARGEST // 1000)
        return Responses("", "", {}, source, problem=too_large)
    if kind := binary(content):
        return Responses("", "", {}, source, problem=not_text(kind, language))
    names: dict[str, str] = {}
    answers: dict[int, dict[str, str]] = {}
    notes = []
    for number, line in enumerate(decoded(content).splitlines(), start=1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        parts = _LINE.fullmatch(line)
        name, text = (parts[1].strip(), parts[2].strip()) if parts else ("", "")
        if blank := _blank(name):
            question, within = blank
            if answers.get(question, {}).get(within, text) != text:
                notes.append(say("line {number} answers {name} again; the last answer counts", number=number, name=name))
            answers.setdefault(question, {})[within] = text
        elif name.casefold() in VERSION_HEADINGS:
            names["version"] = plain(text)  # with any kind of dash
        elif name.casefold() in ID_HEADINGS:
            names["student"] = text
        elif not name or name.casefold() not in OTHER_HEADINGS:
            notes.append(say("line {number} was not understood: {line}", number=number, line=line[:60]))
    return Responses(names.get("student", ""), names.get("version", ""), answers, source, tuple(notes))


def not_text(kind: str, language: Language) -> str:
    """Return what to do with a file that is not text."""
    return language.say("it is {kind}, not a text file; save it as .txt", kind=language.say(kind))


def read_table(rows: Sequence[Sequence[str]], source: str) -> list[Responses]:
    """Read a table of a class; raises UserError for headings that are not questions, or that name one twice."""
    if sum(any(cell.strip() for cell in row) for row in rows) < 2:
        raise UserError(f"{source} holds no answers: it needs a line of headings and a line for each student")
    headings = [heading_of(heading) for heading in rows[0]]
    version = next((headings.index(name) for name in VERSION_HEADINGS if name in headings), None)
    student = next((headings.index(name) for name in ID_HEADINGS if name in headings), None)
    if version is None and student is None:
        raise UserError(f"{source} has neither a column of versions nor one of students: head one with version or student")
    columns = {place: blank for place, name in enumerate(headings) if (blank := _blank(name))}
    known = {*ID_HEADINGS, *VERSION_HEADINGS, *OTHER_HEADINGS}
    unknown = [rows[0][place] for place, name in enumerate(headings) if place not in columns and name not in known]
    if unknown or not columns:
        what = f"the heading {unknown[0]!r}" if unknown else "no heading of a question"
        raise UserError(f"{source} has {what}: questions are headed 1, 2, or 2 r1c1 for a cell of a grid")
    twice = [rows[0][place] for place, blank in columns.items() if list(columns.values()).count(blank) > 1]
    if twice:
        raise UserError(f"{source} has the heading {twice[0].strip()!r} twice: which column holds the answers?")
    given = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row) or row == rows[0]:  # several tables, one below the other
            continue
        cells = [*row, *[""] * (len(headings) - len(row))]
        answers: dict[int, dict[str, str]] = {}
        for place, (question, within) in columns.items():
            answers.setdefault(question, {})[within] = cells[place].removeprefix("'")
        given.append(
            Responses(
                text_of(cells[student].strip()) if student is not None else "",
                plain(cells[version]) if version is not None else "",
                answers,
                f"{source}, line {line}",
                problem=surplus(headings, row),
            )
        )
    return given


def surplus(headings: Sequence[str], row: Sequence[str]) -> str:
    """Return why a row with more cells than headings cannot count; "" for any other row."""
    if not any(cell.strip() for cell in row[len(headings) :]):
        return ""
    return f"it has {len(row)} cells below {len(headings)} headings; put quotation marks around text that holds commas"


def _blank(name: str) -> tuple[int, str] | None:
    """Return the question and the blank or row in it that a name means: "2 r1c1" -> (2, "r1c1"), "2 r1" -> (2, "r1")."""
    found = _BLANK.fullmatch(name.strip())
    return (int(found[1]), "".join((found[2] or "").lower().split())) if found else None
