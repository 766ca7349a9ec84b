"""The grades of a class as tables: for people, and in the formats of Gradescope and Canvas."""

import re
from collections.abc import Iterator
from pathlib import Path

from batch.exports.moodle import KIND as MOODLE
from batch.grades import Grade, Grades, cell
from batch.instructor.roster import Attendance
from batch.models import CheckResult, Student
from batch.platforms import canvas, moodle
from common.files import write_whole
from quizzes import tables
from quizzes.tables import Cell

FILE, GRADESCOPE = "gradebook.csv", "gradescope.csv"
NOT_SUBMITTED, NOT_ON_LIST = "not submitted", "not on the class list"


def write(
    folder: Path, grades: Grades, assignment_title: str, kind: str = "", attendance: Attendance | None = None
) -> None:
    """Write gradebook.csv, gradescope.csv, canvas.csv and, for Moodle's exports, moodle.csv.

    Each student of a group gets a row. Work that could not be graded has no score, since 0 would be a judgement. Students
    who have not submitted get a row without a score, in gradebook.csv only. assignment_title: heading of Canvas's column,
    best as in its own gradebook, "Homework 3 (987)". kind: of the export, which determines whose numbers students have.
    Raises UserError if a file cannot be written.
    """
    rows = sorted((each for each in grades if each.counts), key=lambda each: each.handed_in.key)
    # The other tables have no byte order mark, because programs that read them may not expect one.
    write_whole(folder / FILE, [tables.MARK, _for_people(rows, attendance)])
    write_whole(folder / GRADESCOPE, [_for_gradescope(rows)])
    write_whole(folder / canvas.FILE, [_csv(canvas.rows(rows, assignment_title, kind, attendance))])
    if kind == MOODLE:
        write_whole(folder / moodle.FILE, [_csv(moodle.rows(rows, attendance))])


def _for_people(grades: Grades, attendance: Attendance | None) -> bytes:
    checks = _checks(grades)
    columns = [column for check in checks for column in (f"{check.number} {check.name}", f"{check.number} verdict")]
    grade_columns = ["score", "lost", "total", "points", "due", "late", "attempt", "attempts"]
    said = ["overrides", "comment points", "error", "remarks"]
    rows: list[list[Cell]] = [["key", "name", "email", "sid", "submitted", *grade_columns, *columns, *said]]
    for grade in grades:
        handed_in, result = grade.handed_in, grade.result
        found = {check.number: (check.score, check.verdict) for check in grade.checks}
        ended = [text for check in checks for text in found.get(check.number, ("", ""))]
        commented: Cell = grade.commented if grade.comments else ""
        about = "; ".join(grade.overridden), commented, result.error
        for student in handed_in.students:
            who = [handed_in.key, student.best_name, student.email, student.sid, handed_in.submitted]
            remarks = "; ".join(remark.rstrip(".") for remark in [*_listed(student, attendance), *grade.remarks])
            rows.append([*who, *_grade_cells(grade), *ended, *about, remarks])
    for student in (each.student for each in attendance.absent) if attendance else ():
        who = ["", student.name, student.email, student.sid]
        rows.append([*who, *[""] * (len(rows[0]) - len(who) - 2), NOT_SUBMITTED, ""])
    return _csv(rows)


def _listed(student: Student, attendance: Attendance | None) -> Iterator[str]:
    """Yield what the class list says about a student, who may be a group."""
    if attendance and student in attendance.unknown:
        yield NOT_ON_LIST
    listed = attendance.found.get(student, ()) if attendance else ()
    if members := [each.name or each.id for each in listed if each.is_in(student.name)]:
        yield f"the group of {', '.join(members)}"


def _grade_cells(grade: Grade) -> list[Cell]:
    """Return the grade's cells apart from the checks: the score is before lateness, the total after."""
    due = grade.due.isoformat(timespec="seconds") if grade.due else ""
    scores: list[Cell] = ["", "", ""] if grade.score is None else [grade.score, grade.lost, _score(grade)]
    return [*scores, grade.result.points, due, grade.late, str(grade.attempt), str(grade.attempts)]


def _for_gradescope(grades: Grades) -> bytes:
    """Return a table like the one that Gradescope offers for download, which other programs read.

    Gradescope itself cannot import grades. Columns that only Gradescope can fill in stay empty.
    """
    checks = _checks(grades)
    columns = [f"{check.number}: {check.name} ({check.points:.1f} pts)" for check in checks]
    head = ["Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"]
    rows: list[list[Cell]] = [[*head, "Lateness (H:M:S)", "View Count", "Submission Count", *columns]]
    for grade in grades:
        handed_in, result = grade.handed_in, grade.result
        scores = {} if grade.total is None else {check.number: check.score for check in grade.checks}
        number = handed_in.key.removeprefix("submission_")
        time = f"{moment:%Y-%m-%d %H:%M:%S %z}" if (moment := handed_in.submitted_at) else ""
        status = "Ungraded" if grade.total is None else "Graded"
        for student in handed_in.students:
            who = [student.name, student.sid, student.email]
            graded_so = [_score(grade), result.points, status, number, time, "", "", ""]
            rows.append([*who, *graded_so, *(scores.get(check.number, "") for check in checks)])
    return _csv(rows)


def _checks(grades: Grades) -> list[CheckResult]:
    """Return one result for each check, in the order of their numbers."""
    checks = {check.number: check for grade in reversed(grades) for check in grade.result.checks}
    return sorted(checks.values(), key=lambda check: [int(digits) for digits in re.findall(r"\d+", check.number)])


def _score(grade: Grade) -> Cell:
    return "" if grade.total is None else grade.total


def _csv(rows: list[list[Cell]]) -> bytes:
    return tables.table([value if isinstance(value, str) else cell(float(value)) for value in row] for row in rows)
