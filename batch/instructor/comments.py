"""Comments on students' work, with points: a table from the instructor, saved in the ledger."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder.assignment import Assignment
from batch import people
from batch.grades import Comment, Grades
from batch.instructor import student_table
from batch.instructor.student_table import Line
from batch.ledger import Ledger
from batch.models import HandedIn
from batch.people import Directory
from common.errors import UserError
from common.records import to_json

SAVED_AS = "comments"  # in the ledger
TEXT = {"comment": ("comment", "comments", "text", "feedback", "message")}
PLACE = {
    "file": ("file", "filename", "file name"),
    "line": ("line", "line number", "lines"),
    "points": ("points", "point", "points adjustment"),
}
LONGEST = 4_000  # characters


@dataclass(frozen=True)
class Comments:
    """All comments on a class."""

    comments: tuple[Comment, ...] = ()


def read(path: Path, handed_in: Sequence[HandedIn], assigned: Assignment) -> list[Comment]:
    """Return the comments in a CSV with columns for the student and the comment and, optionally, file, line and points.

    Raises UserError, which names invalid lines.
    """
    _, found = student_table.read(path, TEXT, PLACE)
    files = [part.file for part in assigned.parts]
    return student_table.each(path, found, partial(_comment, directory=Directory(handed_in), files=files))


def saved(ledger: Ledger) -> list[Comment]:
    """Return the saved comments on the class."""
    return list((ledger.saved_as(Comments, SAVED_AS) or Comments()).comments)


def keep(ledger: Ledger, said: Iterable[Comment], grades: Grades) -> None:
    """Replace the saved comments. A comment that was there before still refers to the work that it was made for."""
    before = {replace(one, digest="", students=()): one for one in saved(ledger)}
    now = [before.get(one) or _about_work(one, grades) for one in said]
    ledger.save(SAVED_AS, to_json(Comments(tuple(now))))


def _about_work(comment: Comment, grades: Grades) -> Comment:
    """Return a comment with a reference to the student's work that counts."""
    for grade in grades:
        if grade.counts and comment.student in (owners := people.each_of(grade.handed_in)):
            return replace(comment, digest=grade.result.digest, students=tuple(owners))
    return comment


def _comment(line: Line, directory: Directory, files: Sequence[str]) -> Comment:
    text, file = line.cells["comment"][:LONGEST], line.cells["file"]
    number = _line(line.cells["line"])
    if not text:
        raise UserError("the comment is empty")
    if file and file not in files:
        raise UserError(f"{file!r} is not a file of the homework; it has {', '.join(files)}")
    if number and not file:
        raise UserError(f"line {number} of which file? Fill in the column file")
    return Comment(directory.owner(line.who), text, file, number, _points(line.cells["points"]))


def _line(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) <= 9):
        raise UserError(f"line {text!r} is not a whole number from 1")
    return int(text or 0)


def _points(text: str) -> float:
    """Return the points in a cell; some spreadsheets write a decimal comma and a minus sign that is not ASCII."""
    try:
        points = float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-") or 0)
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise UserError(f"{text!r} is not a number of points such as 2 or -0.5")
    return points
