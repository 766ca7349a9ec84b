"""Who gets a version: the students of a roster, or numbered versions for the room."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError

ID_HEADINGS = ("id", "student id", "sid", "email", "login id", "sis user id", "sis id", "username", "student")
NAME_HEADINGS = ("name", "full name", "student name")
LONGEST = 200  # characters of an id or a name


@dataclass(frozen=True)
class Owner:
    """A student, or a version for the room."""

    id: str
    name: str = ""
    numbered: bool = False  # a version for the room, of no student's


def numbered(count: int) -> list[Owner]:
    """Return `count` versions for the room: 1, 2, ..."""
    return [Owner(str(number), f"Version {number}", True) for number in range(1, count + 1)]


def read(path: Path) -> list[Owner]:
    """Read a roster: a CSV with a column for ids (id, email, SID, ...), and maybe one for names.

    Ids may hold anything that a cell can: commas, quotes, other scripts, what a spreadsheet takes for a formula.
    Raises UserError, naming the line, where an id is missing, stands there twice or cannot be one.
    """
    rows = read_csv(path)
    if not rows:
        raise UserError(f"{path} is empty: a roster needs a line of headings and a line for each student")
    headings = [" ".join(cell.casefold().split()) for cell in rows[0]]
    ids = [headings.index(name) for name in ID_HEADINGS if name in headings]
    if not ids:
        raise UserError(f"{path} has no column of ids: one heading must be {', '.join(ID_HEADINGS[:4])} or the like")
    names = [headings.index(name) for name in NAME_HEADINGS if name in headings]
    owners: dict[str, int] = {}
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        id = " ".join((row[ids[0]] if ids[0] < len(row) else "").split())
        if not id:
            raise UserError(f"{path}, line {line}: there is no id")
        if len(id) > LONGEST or any(ord(letter) < 32 for letter in id):
            raise UserError(f"{path}, line {line}: an id of {len(id)} characters, or with control characters, is none")
        if id.casefold() in owners:
            raise UserError(f"{path}, line {line}: the id {id!r} stands in line {owners[id.casefold()]} too")
        owners[id.casefold()] = line
        name = " ".join(row[names[0]].split())[:LONGEST] if names and names[0] < len(row) else ""
        found.append(Owner(id, name))
    if not found:
        raise UserError(f"{path} names no student")
    return found


def read_csv(path: Path) -> list[list[str]]:
    """Read a CSV as spreadsheets write it: UTF-8, UTF-16 or Latin-1; commas, semicolons or tabs."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    return rows_of(content)


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV's bytes."""
    text = decoded(content).replace("\0", "")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda each: (first.count(each), each == ","))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def decoded(content: bytes) -> str:
    """Return bytes as text: UTF-8 or UTF-16 with its mark, else Latin-1, which fits anything."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
