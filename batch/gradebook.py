"""The grades of a class as tables: for people, and as Gradescope and Canvas have them."""

import re
from decimal import Decimal
from pathlib import Path

from batch.exports import canvas, gradescope
from batch.grades import Grade, Grades
from batch.records import CheckRecord
from common.files import write_whole
from quizzes import tables

Cell = str | float


def write(folder: Path, grades: Grades, assignment_title: str, kind: str = "") -> None:
    """Write gradebook.csv, gradescope.csv and canvas.csv, the same bytes for the same grades in whatever order.

    Each student of a group gets a row. What could not be graded gets no score at all, for a 0 would be a judgement.
    assignment_title: for Canvas, best as its own gradebook has it, "Homework 3 (987)". kind: of the export, which says
    whose numbers the students' are. Raises UserError where a file cannot be written.
    """
    rows = sorted((each for each in grades if each.counts), key=lambda each: each.handed_in.key)
    # Programs of others, which may stumble over a mark, read the other two.
    write_whole(folder / "gradebook.csv", [tables.MARK, _for_people(rows)])
    write_whole(folder / "gradescope.csv", [_for_gradescope(rows)])
    write_whole(folder / "canvas.csv", [_for_canvas(rows, assignment_title, kind)])


def _for_people(grades: Grades) -> bytes:
    checks = _checks(grades)
    columns = [column for check in checks for column in (f"{check.number} {check.name}", f"{check.number} verdict")]
    stands = ["score", "lost", "total", "points", "due", "late", "attempt", "attempts"]
    said = ["overrides", "error", "remarks"]
    rows: list[list[Cell]] = [["key", "name", "email", "sid", "submitted", *stands, *columns, *said]]
    for grade in grades:
        handed_in, record = grade.handed_in, grade.record
        found = {check.number: (check.score, check.verdict) for check in grade.checks}
        ended = [text for check in checks for text in found.get(check.number, ("", ""))]
        about = "; ".join(grade.overridden), record.error, "; ".join(remark.rstrip(".") for remark in grade.remarks)
        for student in handed_in.students:
            who = [handed_in.key, student.name, student.email, student.sid, handed_in.submitted]
            rows.append([*who, *_stands(grade), *ended, *about])
    return _csv(rows)


def _stands(grade: Grade) -> list[Cell]:
    """Return what stands, apart from the checks: what lateness takes off is not in the score, but in the total."""
    due = grade.due.isoformat(timespec="seconds") if grade.due else ""
    scores: list[Cell] = ["", "", ""] if grade.score is None else [grade.score, grade.lost, _score(grade)]
    return [*scores, grade.record.points, due, grade.late, str(grade.attempt), str(grade.attempts)]


def _for_gradescope(grades: Grades) -> bytes:
    """Return the table that Gradescope offers to download for an assignment, which programs of others read.

    Gradescope itself takes in no table of grades. What only it knows, as how late a submission is, stays empty.
    """
    checks = _checks(grades)
    columns = [f"{check.number}: {check.name} ({check.points:.1f} pts)" for check in checks]
    head = ["Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"]
    rows: list[list[Cell]] = [[*head, "Lateness (H:M:S)", "View Count", "Submission Count", *columns]]
    for grade in grades:
        handed_in, record = grade.handed_in, grade.record
        scores = {} if grade.total is None else {check.number: check.score for check in grade.checks}
        number = handed_in.key.removeprefix("submission_")
        time = f"{moment:%Y-%m-%d %H:%M:%S %z}" if (moment := handed_in.moment) else ""
        status = "Ungraded" if grade.total is None else "Graded"
        for student in handed_in.students:
            who = [student.name, student.sid, student.email]
            graded_so = [_score(grade), record.points, status, number, time, "", "", ""]
            rows.append([*who, *graded_so, *(scores.get(check.number, "") for check in checks)])
    return _csv(rows)


def _for_canvas(grades: Grades, title: str, kind: str) -> bytes:
    """Return a table for Canvas's gradebook: Gradebook, Import.

    Canvas finds a student by its own number, else by the number or the login of the student information system, else by
    the name. An empty cell would delete the grade that Canvas has: what could not be graded is left out. A row of
    possible points would change those of the assignment: there is none. No cell of the first column may say so.
    Source: instructure/canvas-lms, lib/gradebook_importer.rb.
    """
    rows: list[list[Cell]] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]]
    for grade in grades:
        handed_in = grade.handed_in
        for student in () if grade.total is None else handed_in.students:
            name = student.name.replace("Points Possible", "points possible")
            own, school = (student.sid if kind == whose else "" for whose in (canvas.KIND, gradescope.KIND))
            rows.append([name, own, school, student.email, "", _score(grade)])
    return _csv(rows)


def _checks(grades: Grades) -> list[CheckRecord]:
    """Return one record of each check that there is, in the order of their numbers."""
    checks = {check.number: check for grade in reversed(grades) for check in grade.record.checks}
    return sorted(checks.values(), key=lambda check: [int(digits) for digits in re.findall(r"\d+", check.number)])


def _score(grade: Grade) -> Cell:
    return "" if grade.total is None else grade.total


def _csv(rows: list[list[Cell]]) -> bytes:
    return tables.table([value if isinstance(value, str) else _points(value) for value in row] for row in rows)


def _points(value: float) -> Decimal:
    return Decimal(f"{round(value, 2) + 0.0:.2f}")  # never -0.00
