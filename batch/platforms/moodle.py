"""moodle.csv, for Moodle: the assignment's submissions, "Upload grading worksheet".

Moodle requires these columns, named in the language of the TA who uploads them, and finds a student by the number in
"Participant 7001", which is also in the export's folder names. It silently skips grades below 0 or above the assignment's
maximum, and grades that are newer in Moodle than the last column says, unless the upload allows that. There is no column of
feedback comments, since it would replace those in Moodle.
Source: moodle/moodle, mod/assign/feedback/offline, importgradeslib.php and locallib.php.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from batch.display_names import counted
from batch.grades import Grade, Grades
from batch.instructor.roster import IDENTIFIER, Attendance, Enrolled, Roster
from batch.models import Student
from quizzes.tables import Cell

FILE = "moodle.csv"
HEADINGS = ("Identifier", "Full name", "Grade", "Last modified (grade)")
MAXIMUM, CHANGED = "maximum grade", "last modified (grade)"  # of Moodle's own worksheet


@dataclass(frozen=True)
class Participant:
    """A student of the export with a Moodle number, and the row in Moodle's own worksheet, if that was given."""

    grade: Grade
    student: Student
    enrolled: Enrolled | None

    @property
    def most(self) -> float:
        """The assignment's maximum grade, or the homework's points if that is unknown."""
        said = self.enrolled.cells.get(MAXIMUM, "") if self.enrolled else ""
        return float(said) if re.fullmatch(r"\d+(\.\d+)?", said) else self.grade.result.points


def is_worksheet(roster: Roster) -> bool:
    """Return whether a class list is Moodle's grading worksheet."""
    return roster.has(IDENTIFIER, "grade")


def participants(grades: Grades, attendance: Attendance | None) -> Iterator[Participant]:
    """Yield the students with a Moodle number.

    Moodle's worksheet takes precedence over folder names: in a group assignment, a folder has the group's number, and the
    worksheet lists the members.
    """
    worksheet = attendance if attendance and is_worksheet(attendance.roster) else None
    for grade in grades:
        for student in grade.handed_in.students:
            if not worksheet and student.sid:
                yield Participant(grade, student, None)
            for each in worksheet.found.get(student, ()) if worksheet else ():
                if each.participant == student.sid:
                    yield Participant(grade, student, each)
                elif each.is_in(student.name):
                    yield Participant(grade, replace(each.student, sid=each.participant), each)


def rows(grades: Grades, attendance: Attendance | None) -> list[list[Cell]]:
    """Return the worksheet, with the times from Moodle's own, so that newer grades are kept."""
    table: list[list[Cell]] = [[*HEADINGS]]
    for each in participants(grades, attendance):
        if each.grade.total is not None:  # Moodle skips empty grades
            changed = each.enrolled.cells.get(CHANGED, "").strip("-") if each.enrolled else ""  # "-" if there is none
            table.append([f"Participant {each.student.sid}", each.student.name, each.grade.total, changed])
    return table


def remarks(grades: Grades, attendance: Attendance | None) -> list[str]:
    """Return what instructors should know before they upload the worksheet."""
    said = []
    known = list(participants(grades, attendance))
    if not (attendance and is_worksheet(attendance.roster)):
        said.append(
            f"{FILE} is right only for students who submit alone, because the folder of a group has the group's number. To "
            "be sure, give Moodle's grading worksheet, which lists the groups, with --roster FILE."
        )
    elif other := sum(len(attendance.found.get(who, ())) for one in grades for who in one.handed_in.students) - len(known):
        said.append(
            f"{FILE} omits {counted(other, 'student')} with other numbers in the worksheet: is it this assignment's?"
        )
    if attendance and is_worksheet(attendance.roster) and attendance.roster.has("scale"):
        said.append(
            f"{FILE}: the assignment in Moodle is graded on a scale and accepts no points. Set its grade type to Point."
        )
    if skipped := sum(not 0 <= each.grade.total <= each.most for each in known if each.grade.total is not None):
        said.append(f"{FILE}: Moodle skips {skipped} grades, which are below 0 or above the maximum grade.")
    return said


def feedback_folder(student: Student) -> str:
    """Return the folder of a student's feedback files, for "Upload multiple feedback files in a zip".

    Moodle uses the number and ignores the name. Source: moodle/moodle, mod/assign/feedback/file/importziplib.php.
    """
    name = re.sub(r"[^\w .-]|_", " ", student.name).strip(" .") or "Participant"
    return f"{name}_{student.sid}_assignsubmission_file"
