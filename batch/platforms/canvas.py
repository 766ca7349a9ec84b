"""canvas.csv, for Canvas's gradebook: Grades, Import.

Canvas finds a student by its own number, else by the number or the login of the student information system, else by the
name; an assignment by the number in "Homework 3 (987)", else by the very title, and makes a new one of any other column.
Source: instructure/canvas-lms, lib/gradebook_importer.rb.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from batch.exports import canvas, gradescope
from batch.given.roster import Attendance, Roster
from batch.grades import Grades
from batch.records import HandedIn, Student
from quizzes.roster import heading_of
from quizzes.tables import Cell

FILE = "canvas.csv"
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOST_NAMED = 5
_COLUMN = re.compile(r"(?P<title>.*\S)\s*\(\d+\)", re.DOTALL)


def column(asked: str, roster: Roster | None) -> str:
    """Return the heading of the assignment's column: as it was asked for, or as Canvas's gradebook completes that title."""
    titles = _assignments(roster) if roster and roster.is_gradebook else {}
    named = [heading for heading, title in titles.items() if heading_of(asked) in (heading_of(heading), heading_of(title))]
    return named[0] if len(named) == 1 else asked


def rows(grades: Grades, column: str, kind: str, attendance: Attendance | None) -> list[list[Cell]]:
    """Return the table. column: of the assignment; kind: of the export, which says whose numbers the students have.

    An empty cell would delete the grade that Canvas has: what could not be graded is left out, and so is anyone who is not
    in Canvas's own gradebook, if that is here. A row of possible points would change those of the assignment: there is
    none.
    """
    table: list[list[Cell]] = [[*STUDENT, column]]
    known = attendance if attendance and attendance.roster.is_gradebook else None
    for grade in grades:
        for student in grade.handed_in.students:
            for who in _as_canvas_has(student, known) if known else _as_the_export_has(student, kind):
                if grade.total is not None:
                    who[0] = who[0].replace("Points Possible", "points possible")  # which no student's row may say
                    table.append([*who, grade.total])
    return table


def _as_canvas_has(student: Student, known: Attendance) -> Iterator[list[str]]:
    """Give a student's cells of Canvas's gradebook, which may have two columns for the name."""
    for enrolled in known.found.get(student, ()):
        yield [enrolled.name, *(enrolled.cells.get(heading.lower(), "") for heading in STUDENT[1:])]


def _as_the_export_has(student: Student, kind: str) -> Iterator[list[str]]:
    """Give a student's cells, as far as the export says; nothing for a student without a number in Canvas's."""
    if not _is_numberless(student, kind):
        own, school = (student.sid if kind == whose else "" for whose in (canvas.KIND, gradescope.KIND))
        yield [student.name, own, school, student.email, ""]


def remarks(grades: Grades, column: str, kind: str, roster: Roster | None) -> list[str]:
    """Return what to know before the table is imported."""
    said = []
    numberless = [student for grade in grades for student in grade.handed_in.students if _is_numberless(student, kind)]
    anonymous = sum(map(canvas.is_anonymous, numberless))
    if anonymous:
        said.append(
            f"{FILE} leaves out {anonymous} who are anonymous: the gradebook does not know these numbers. Turn anonymous "
            "grading off, and download the submissions again."
        )
    if (others := len(numberless) - anonymous) and not (roster and roster.is_gradebook):
        said.append(
            f"{FILE} leaves out {others} without Canvas's number: --roster with Canvas's gradebook finds them by name."
        )
    known = list(_assignments(roster)) if roster and roster.is_gradebook else []
    if column in known or (not known and _COLUMN.fullmatch(column)):
        return said
    if known:
        shown = ", ".join(f'"{heading}"' for heading in known[-MOST_NAMED:])
        return [*said, f'Canvas\'s gradebook has no column "{column}": name one with --canvas-column, such as {shown}.']
    said.append(
        f'{FILE}: Canvas would add a new assignment unless one is called "{column}". Name its column as Canvas\'s own '
        'export does, --canvas-column "Homework 3 (987)", or give that export with --roster FILE.'
    )
    return said


def feedback_name(handed_in: HandedIn) -> str:
    """Return the name of a file of feedback for the upload of graded submissions; "" for who handed in no file.

    Canvas reads the first two numbers, of the student and of one of the student's files, and shows the feedback under the
    name of that file: a text in place of a program, or else a zip in place of a zip. Source: instructure/canvas-lms,
    app/models/abstract_assignment.rb, infer_comment_context_from_filename.
    """
    user = next((student.sid for student in handed_in.students), "")
    files = [(name, found) for name in handed_in.named if (found := canvas.of_user(name, user))]
    for name, found in sorted(files, key=lambda each: not each[0].casefold().endswith(".py")):
        words = [word for word in re.sub(r"\W", "", found["name"] or "").split("_") if not word.isdigit()]
        ending = "zip" if PurePosixPath(name).suffix.casefold() == ".zip" else "txt"
        numbers = [found["late"] or "", found["user"], found["attachment"]]
        return "_".join(filter(None, [*words, *numbers, f"feedback.{ending}"]))
    return ""


def _is_numberless(student: Student, kind: str) -> bool:
    return kind == canvas.KIND and not student.sid


def _assignments(roster: Roster) -> dict[str, str]:
    """Return the titles of the gradebook's assignments by the headings of their columns."""
    return {heading: found["title"] for heading in roster.headings if (found := _COLUMN.fullmatch(heading))}
