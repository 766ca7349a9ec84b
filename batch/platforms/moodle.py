"""moodle.csv, for Moodle: the assignment's submissions, "Upload grading worksheet".

Moodle needs these columns, by their names in the language that the TA uses it in, and finds a student by the number in
"Participant 7001", which is the one in the export's folder names. It skips without a word a grade below 0 or above the
assignment's maximum; and one that is newer in Moodle than the last column says, unless the upload allows that. A column
of feedback comments would replace those in Moodle: there is none.
Source: moodle/moodle, mod/assign/feedback/offline, importgradeslib.php and locallib.php.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from batch.given.roster import IDENTIFIER, Attendance, Enrolled, Roster
from batch.grades import Grade, Grades
from batch.records import Student
from quizzes.tables import Cell

FILE = "moodle.csv"
HEADINGS = ("Identifier", "Full name", "Grade", "Last modified (grade)")
MAXIMUM, CHANGED = "maximum grade", "last modified (grade)"  # of Moodle's own worksheet


@dataclass(frozen=True)
class Participant:
    """A student of the export whom Moodle knows, with the row of its own worksheet, where that is here."""

    grade: Grade
    student: Student
    enrolled: Enrolled | None

    @property
    def most(self) -> float:
        """The assignment's maximum grade, or what stands for it: the homework's points."""
        said = self.enrolled.cells.get(MAXIMUM, "") if self.enrolled else ""
        return float(said) if re.fullmatch(r"\d+(\.\d+)?", said) else self.grade.record.points


def is_worksheet(roster: Roster) -> bool:
    """Return whether a class list is Moodle's own grading worksheet."""
    return roster.has(IDENTIFIER, "grade")


def participants(grades: Grades, attendance: Attendance | None) -> Iterator[Participant]:
    """Yield the students whom Moodle knows by a number.

    Its own worksheet is believed more than a folder: in an assignment for groups the number of a folder is the group's, and
    the worksheet says who is in it.
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
    """Return the worksheet, with the times of change of Moodle's own: newer grades stay."""
    table: list[list[Cell]] = [[*HEADINGS]]
    for each in participants(grades, attendance):
        if each.grade.total is not None:  # an empty one is skipped
            changed = each.enrolled.cells.get(CHANGED, "").strip("-") if each.enrolled else ""  # "-" where there was none
            table.append([f"Participant {each.student.sid}", each.student.name, each.grade.total, changed])
    return table


def remarks(grades: Grades, attendance: Attendance | None) -> list[str]:
    """Return what to know before the worksheet is uploaded."""
    said = []
    known = list(participants(grades, attendance))
    if not (attendance and is_worksheet(attendance.roster)):
        said.append(
            f"{FILE} is for students who hand in alone: the folders of groups have the groups' numbers. To be sure, give "
            "Moodle's own grading worksheet, which knows the groups, with --roster FILE."
        )
    elif other := sum(len(attendance.found.get(who, ())) for one in grades for who in one.handed_in.students) - len(known):
        said.append(f"{FILE} leaves out {other}, to whom the worksheet gives other numbers: is it this assignment's?")
    if attendance and is_worksheet(attendance.roster) and attendance.roster.has("scale"):
        said.append(
            f"{FILE}: the assignment in Moodle is graded by a scale, and takes no points. Set its grade type to Point."
        )
    if skipped := sum(not 0 <= each.grade.total <= each.most for each in known if each.grade.total is not None):
        said.append(f"{FILE}: Moodle skips {skipped} grades, which are below 0 or above the maximum grade.")
    return said


def feedback_folder(student: Student) -> str:
    """Return the folder of a student's files of feedback, for "Upload multiple feedback files in a zip".

    Moodle reads the number, and believes no name. Source: moodle/moodle, mod/assign/feedback/file/importziplib.php.
    """
    name = re.sub(r"[^\w .-]|_", " ", student.name).strip(" .") or "Participant"
    return f"{name}_{student.sid}_assignsubmission_file"
