"""canvas.csv, for Canvas's gradebook: Grades, Import.

Canvas finds a student by its own number, else by the number or the login of the student information system, else by name.
It finds an assignment by the number in "Homework 3 (987)", else by its exact title, and creates one for any other column.
Source: instructure/canvas-lms, lib/gradebook_importer.rb.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from batch.display_names import counted
from batch.exports import canvas, gradescope
from batch.grades import Grades
from batch.instructor.roster import Attendance, Roster
from batch.models import HandedIn, Student
from quizzes.roster import heading_of
from quizzes.tables import Cell

FILE = "canvas.csv"
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOST_NAMED = 5
_COLUMN = re.compile(r"(?P<title>.*\S)\s*\(\d+\)", re.DOTALL)


def column(asked: str, roster: Roster | None) -> str:
    """Return the heading of the assignment's column: as asked for, or as Canvas's gradebook completes that title."""
    titles = _assignments(roster) if roster and roster.is_gradebook else {}
    named = [heading for heading, title in titles.items() if heading_of(asked) in (heading_of(heading), heading_of(title))]
    return named[0] if len(named) == 1 else asked


def rows(grades: Grades, column: str, kind: str, attendance: Attendance | None) -> list[list[Cell]]:
    """Return the table. column: of the assignment. kind: of the export, which determines whose numbers students have.

    An empty cell would delete the grade in Canvas, so ungraded work is omitted, and so is anyone who is not in Canvas's own
    gradebook, if that was given. There is no row of possible points, since it would change those of the assignment.
    """
    table: list[list[Cell]] = [[*STUDENT, column]]
    known = attendance if attendance and attendance.roster.is_gradebook else None
    for grade in grades:
        for student in grade.handed_in.students:
            for who in _as_canvas_has(student, known) if known else _as_the_export_has(student, kind):
                if grade.total is not None:
                    who[0] = who[0].replace("Points Possible", "points possible")  # else Canvas would skip this row
                    table.append([*who, grade.total])
    return table


def _as_canvas_has(student: Student, known: Attendance) -> Iterator[list[str]]:
    """Yield a student's cells from Canvas's gradebook, which may have two columns for the name."""
    for enrolled in known.found.get(student, ()):
        yield [enrolled.name, *(enrolled.cells.get(heading.lower(), "") for heading in STUDENT[1:])]


def _as_the_export_has(student: Student, kind: str) -> Iterator[list[str]]:
    """Yield a student's cells from the export, but none for Canvas's students without a number."""
    if not _is_numberless(student, kind):
        own, school = (student.sid if kind == whose else "" for whose in (canvas.KIND, gradescope.KIND))
        yield [student.name, own, school, student.email, ""]


def remarks(grades: Grades, column: str, kind: str, roster: Roster | None) -> list[str]:
    """Return what instructors should know before they import the table."""
    said = []
    numberless = [student for grade in grades for student in grade.handed_in.students if _is_numberless(student, kind)]
    anonymous = sum(map(canvas.is_anonymous, numberless))
    if anonymous:
        said.append(
            f"{FILE} omits {counted(anonymous, 'anonymous student')}, whom the gradebook cannot identify. Turn off "
            "anonymous grading, and download the submissions again."
        )
    if (others := len(numberless) - anonymous) and not (roster and roster.is_gradebook):
        said.append(
            f"{FILE} omits {counted(others, 'student')} without a Canvas number: --roster with Canvas's gradebook finds "
            "them by name."
        )
    known = list(_assignments(roster)) if roster and roster.is_gradebook else []
    if column in known or (not known and _COLUMN.fullmatch(column)):
        return said
    if known:
        shown = ", ".join(f'"{heading}"' for heading in known[-MOST_NAMED:])
        return [*said, f'Canvas\'s gradebook has no column "{column}": choose one with --canvas-column, such as {shown}.']
    said.append(
        f'{FILE}: Canvas creates a new assignment unless one has the title "{column}". Name the column as in Canvas\'s '
        'gradebook, --canvas-column "Homework 3 (987)", or give that gradebook, with --roster FILE.'
    )
    return said


def feedback_name(handed_in: HandedIn) -> str:
    """Return the name of a feedback file for the upload of graded submissions; "" if the student submitted no file.

    Canvas reads two numbers in it, those of the student and of one of the student's files, and shows the feedback under the
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
    """Return the titles of the gradebook's assignments, by column heading."""
    return {heading: found["title"] for heading in roster.headings if (found := _COLUMN.fullmatch(heading))}
