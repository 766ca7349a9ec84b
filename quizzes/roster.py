"""Who gets a version: the students of a roster, or numbered versions for the room."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError
from quizzes.spreadsheets import read_csv

EMAIL_HEADINGS = ("email", "e-mail", "email address", "e-mail address")
# If several columns hold ids, the first in this order counts: in Canvas's gradebook the login, in a roster of
# Gradescope the e-mail address, which is all that it knows about students.
ID_HEADINGS = (
    *("sis login id", "sis user id", "id", "student id", "identifier"),
    *EMAIL_HEADINGS,
    *("sid", "id number", "login id", "sis id", "username", "student"),
)
NAME_HEADINGS = ("name", "full name", "student name", "student")
FIRST_NAMES = ("first name", "firstname", "given name", "vorname", "prénom", "nombre")
LAST_NAMES = (
    "last name",
    "lastname",
    "surname",
    "family name",
    "nachname",
    "nom",
    "nom de famille",
    "apellido(s)",
    "apellidos",
)
NOT_STUDENTS = ("instructor", "teacher", "ta", "teaching assistant", "reader", "grader", "observer", "designer")
TEST_STUDENTS = ("student, test", "test student")  # of every course in Canvas
LONGEST = 200  # characters of an id or a name
LARGE_TYPE = 18.0  # points: large print
TYPE_SIZES = (8, 24)  # points: in larger type, tables would be wider than a page

Row = Mapping[str, str]  # cells by heading


@dataclass(frozen=True)
class Owner:
    """A student, or a version for the room."""

    id: str
    name: str = ""
    numbered: bool = False  # a version for the room, not for a certain student
    type_size: float = 0.0  # points, for a student who needs larger type; 0: the usual type
    more_time: str = ""  # extra time: "25 %", "15 minutes"


def identity(id: str) -> str:
    """Return an id in its canonical spelling: programs change the case, and how an accent is stored.

    Source: The Unicode Standard, canonical caseless matching (D145).
    """
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", id).casefold())


def numbered(count: int) -> list[Owner]:
    """Return `count` versions for the room: 1, 2, ..."""
    return [Owner(str(number), f"Version {number}", True) for number in range(1, count + 1)]


def read(path: Path, id_heading: str = "") -> tuple[list[Owner], list[str]]:
    """Read a roster: a CSV with a column of ids, and maybe names and accommodations.

    id_heading: of the column of ids; without it, the column is found by its usual names, or because it holds e-mail
    addresses. Returns the students, and sentences about what was chosen and who was left out. Ids may hold anything that
    a cell can: commas, quotes, other scripts, what a spreadsheet takes for a formula.
    Raises UserError, which names the line, if an id is missing, occurs twice or is not valid.
    """
    students, remarks = with_rows(path, id_heading)
    return [owner for owner, _ in students], remarks


def with_rows(path: Path, id_heading: str = "", option: str = "--id HEADING") -> tuple[list[tuple[Owner, Row]], list[str]]:
    """Read a roster as `read` does; each student comes with the cells of the row, by their headings in lower case.

    option: of the command, that gives id_heading; "" where it has none, and any column of ids will do.
    """
    rows = read_csv(path)
    if not rows:
        raise UserError(f"{path} is empty: a roster needs a line of headings and a line for each student")
    headings = [heading_of(cell) for cell in rows[0]]
    lines = [
        (line, dict(reversed([*zip(headings, map(_cell, [*row, *[""] * len(headings)]))])))  # the first of two counts
        for line, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row) and not _points_possible(headings, row)
    ]
    column, others = _ids([row for _, row in lines], rows[0], id_heading, str(path), option)
    called = rows[0][headings.index(column)].strip()
    chosen = bool(others and option)
    remarks = [f"{path}: students are identified by {called}; {option} chooses another column"] if chosen else []
    students: dict[str, tuple[Owner, Row]] = {}
    first: dict[str, int] = {}
    for line, row in lines:
        id, name = row[column], name_of(row, column)
        try:
            if why := _no_student(row):
                remarks.append(f"{path}, line {line}: {name or id} is left out: {why}")
                continue
            _check(id)
            if identity(id) in students:
                raise UserError(f"the id {id!r} is also on line {first[identity(id)]}")
            students[identity(id)] = Owner(id, name, False, _type_size(row), _more_time(row)), row
        except UserError as problem:
            raise UserError(f"{path}, line {line}: {problem}") from None
        first[identity(id)] = line
    if not students:
        raise UserError(f"{path} names no student")
    return list(students.values()), remarks


def heading_of(cell: str) -> str:
    """Return a heading for comparison: in lower case, with single spaces."""
    return " ".join(cell.casefold().split())


def _cell(text: str) -> str:
    return " ".join(text.split())


def _ids(
    rows: Sequence[Mapping[str, str]], headings: Sequence[str], asked: str, source: str, option: str
) -> tuple[str, list[str]]:
    """Return the heading of the column of ids, and of other possible ones; raises UserError if none is found."""
    names = [heading_of(heading) for heading in headings]
    shown = ", ".join(repr(heading.strip()) for heading in headings[:8]) or "nothing"
    if any("@" in name for name in names):
        raise UserError(f"{source} needs a line of headings above the students: its first line has {shown}")
    if asked:
        if heading_of(asked) not in names:
            raise UserError(f"{source} has no column {asked!r}: its first line has {shown}")
        return heading_of(asked), []
    found = [name for name in ID_HEADINGS if name in names]
    found += [name for name in names if name not in found and rows and all("@" in row[name] for row in rows)]
    if not found:
        raise UserError(
            f"{source} has no column of ids, and names alone may be those of two students: head one with id or email"
            f"{f', or say which it is with {option}' if option else ''}; its first line has {shown}"
        )
    return found[0], [name for name in found[1:] if name not in NAME_HEADINGS]


def _points_possible(headings: Sequence[str], row: Sequence[str]) -> bool:
    """Return whether a row of Canvas's gradebook holds points or posting policies of assignments."""
    return _is_gradebook(headings) and row[0].strip() in ("", "Points Possible")


def _is_gradebook(headings: Collection[str]) -> bool:
    """Return whether these are the columns of Canvas's gradebook, which may separate first and last names."""
    return "section" in headings and ("student" in headings or {"lastname", "firstname"} <= set(headings))


def name_of(row: Mapping[str, str], ids: str = "") -> str:
    """Return a student's name from one column, or from two for first and last names. ids: columns that are not names."""
    whole = next((row[heading] for heading in NAME_HEADINGS if heading in row and heading != ids), "")
    parts = [next((row[heading] for heading in headings if heading in row), "") for headings in (FIRST_NAMES, LAST_NAMES)]
    return (whole or " ".join(part for part in parts if part))[:LONGEST]


def _no_student(row: Mapping[str, str]) -> str:
    """Return why a line of a roster is not a student who takes the quiz; "" for a student."""
    if row.get("role", "").casefold() in NOT_STUDENTS:
        return f"the role is {row['role']}"
    is_test = _is_gradebook(row) and name_of(row).casefold() in TEST_STUDENTS
    return "it is Canvas's test student" if is_test else ""


def _check(id: str) -> None:
    """Raise UserError for a text that cannot be an id."""
    if not id:
        raise UserError("the id is missing")
    if len(id) > LONGEST or any(ord(letter) < 32 for letter in id):
        raise UserError(f"an id has at most {LONGEST} characters, and no control characters; this one has {len(id)}")


def _type_size(row: Mapping[str, str]) -> float:
    """Return the points of a student's type, 0 for the usual one; raises UserError for what is neither."""
    text = row.get("larger type", "").casefold().removesuffix("pt").strip().replace(",", ".")
    if text in ("", "no", "-", "0"):
        return 0.0
    if text == "yes":
        return LARGE_TYPE
    low, high = TYPE_SIZES
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", text) or not low <= float(text) <= high:
        raise UserError(f"larger type is yes, or points from {low} to {high}, not {row['larger type']!r}")
    return float(text)


def _more_time(row: Mapping[str, str]) -> str:
    """Return how much more time a student has, "" for none; raises UserError if the amount is unclear."""
    text = row.get("more time", "").casefold().replace(",", ".")
    if text in ("", "no", "-", "0"):
        return ""
    if found := re.fullmatch(r"\+?([0-9]{1,3}(?:\.[0-9]+)?) ?%", text):
        return f"{float(found[1]):g} %"
    if found := re.fullmatch(r"\+?([0-9]{1,3}) ?(?:m|min|mins|minutes?)\.?", text):
        return f"{int(found[1])} minutes"
    if (found := re.fullmatch(r"x?([1-4]\.[0-9]+|[2-4])x?", text)) and float(found[1]) > 1:
        return f"{100 * float(found[1]) - 100:g} %"
    raise UserError(f"more time is 25 %, 1.25 or 15 minutes, not {row['more time']!r}")
