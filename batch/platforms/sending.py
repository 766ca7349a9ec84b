"""Feedback to send: a zip for Canvas or Moodle, or texts and a table for a mail merge."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.assignment import Assignment
from batch.display_names import counted
from batch.exports import canvas as canvas_export
from batch.exports import moodle as moodle_export
from batch.exports import slugs
from batch.grades import Grade, Grades
from batch.grading.schedule import CONTENTS
from batch.grading.task import REPORT
from batch.instructor.roster import Attendance
from batch.models import Student
from batch.pages import reports
from batch.platforms import canvas, feedback, moodle
from common.errors import UserError
from common.files import write_whole
from quizzes import tables

CANVAS, MOODLE, MAIL, NO_FEEDBACK = "canvas", "moodle", "mail", "none"
KINDS = (CANVAS, MOODLE, MAIL, NO_FEEDBACK)
TEXT, TEXTS = "feedback.txt", "feedback"  # the name of a file, and the folder of all texts
FILES = {CANVAS: "feedback-canvas.zip", MOODLE: "feedback-moodle.zip", MAIL: "mail.csv"}
WITHOUT = {
    CANVAS: "without a file that Canvas could show the feedback under",
    MOODLE: "who are not in Moodle's worksheet with this name and number",
    MAIL: "without an address, which --roster FILE can provide",
}
EXPORTS = {CANVAS: canvas_export.KIND, MOODLE: moodle_export.KIND}  # that a zip can be made from
MADE = (1980, 1, 1, 0, 0, 0)  # the time of a zip's members, so that equal grades give equal bytes


def require_export(how: str, kind: str) -> None:
    """Raise UserError if this kind of feedback needs another kind of export."""
    if EXPORTS.get(how, kind) != kind:
        raise UserError(
            f"--feedback {how} needs {EXPORTS[how]}'s own export, which says whose files they are, but this is a {kind} "
            "export: choose another kind of feedback, or --feedback none"
        )


def write(folder: Path, grades: Grades, assigned: Assignment, how: str, attendance: Attendance | None) -> None:
    """Write the feedback on all graded submissions, and remove feedback of other kinds."""
    sender = Sender(folder, assigned, _sent(grades), attendance)
    texts = sender.texts() if how == MAIL else {}
    for name, text in texts.items():
        write_whole(folder / TEXTS / name, [text])
    for old in [*(folder / FILES[other] for other in FILES if other != how), *(folder / TEXTS).glob("*.txt")]:
        if old.name not in texts:
            old.unlink(missing_ok=True)
    if not texts and (folder / TEXTS).is_dir() and not any((folder / TEXTS).iterdir()):
        (folder / TEXTS).rmdir()
    made = {CANVAS: sender.for_canvas, MOODLE: sender.for_moodle, MAIL: sender.for_mail}
    if how in made:
        write_whole(folder / FILES[how], [made[how]()])


def remarks(grades: Grades, how: str, attendance: Attendance | None) -> list[str]:
    """Return a sentence about students who get no feedback, if there are any."""
    sent = _sent(grades)
    if how == CANVAS:
        left_out = sum(not canvas.feedback_name(each.handed_in) for each in sent)
    elif how == MOODLE:
        students = sum(len(_known(each, attendance)) for each in sent)
        left_out = students - len(list(moodle.participants(sent, attendance)))
    elif how == MAIL:
        left_out = sum(not student.email for each in sent for student in _known(each, attendance))
    else:
        assert how in (NO_FEEDBACK, ""), how
        return []
    return [f"{FILES[how]} omits {counted(left_out, 'student')} {WITHOUT[how]}."] if left_out else []


def _sent(grades: Grades) -> list[Grade]:
    sent = (each for each in grades if each.counts and (each.total is not None or not each.result.failed_here()))
    return sorted(sent, key=lambda each: (each.handed_in.key, each.attempt))


def _known(grade: Grade, attendance: Attendance | None) -> list[Student]:
    """Return the students as on the class list, which adds addresses that the export lacks."""
    known: list[Student] = []
    for student in grade.handed_in.students:
        listed = attendance.found.get(student, ()) if attendance else ()
        known += [replace(each.student, email=student.email or each.student.email) for each in listed] or [student]
    return known


@dataclass(frozen=True)
class Sender:
    """Makes the files to send from the final grades. folder: of the class."""

    folder: Path
    assigned: Assignment
    grades: Grades
    attendance: Attendance | None

    def for_canvas(self) -> bytes:
        """Return a zip for the upload of graded submissions: a text each, or a zip for each submitted zip."""
        members = []
        for grade in self.grades:
            if name := canvas.feedback_name(grade.handed_in):
                content = _zipped(self._files(grade)) if name.endswith(".zip") else self._text(grade)
                members.append((name, content))
        return _zipped(members)

    def for_moodle(self) -> bytes:
        """Return a zip with a folder for each participant."""
        return _zipped(
            (f"{moodle.feedback_folder(each.student)}/{name}", content)
            for each in moodle.participants(self.grades, self.attendance)
            for name, content in self._files(each.grade)
        )

    def for_mail(self) -> bytes:
        """Return a table for a mail merge, with the text for each student."""
        rows: list[list[tables.Cell]] = [["address", "name", "subject", "file"]]
        for name, grade in zip(self._names(), self.grades):
            for student in filter(lambda student: student.email, _known(grade, self.attendance)):
                rows.append([student.email, student.name, f"{self.assigned.title}: your feedback", f"{TEXTS}/{name}"])
        return tables.table(rows)

    def texts(self) -> dict[str, bytes]:
        """Return the text for each grade, by file name."""
        return {name: self._text(grade) for name, grade in zip(self._names(), self.grades)}

    def _names(self) -> list[str]:
        """Return a file name for each text; a submission has two if it is not the same attempt for all members."""
        return [f"{name}.txt" for name in slugs.unique(grade.handed_in.key for grade in self.grades)]

    def _files(self, grade: Grade) -> Iterator[tuple[str, bytes]]:
        """Yield the files for one submission: the text, and the report if students may see every check."""
        yield TEXT, self._text(grade)
        page = self.folder / CONTENTS / grade.result.digest / REPORT
        if feedback.shows_all(self.assigned) and page.is_file():
            report = reports.filled(page.read_text("utf-8", "replace"), grade, self.folder, alone=True)
            yield REPORT, report.encode("utf-8", "replace")

    def _text(self, grade: Grade) -> bytes:
        students = tuple(_known(grade, self.attendance))
        named = replace(grade, handed_in=replace(grade.handed_in, students=students))
        return feedback.text(named, self.assigned).encode("utf-8", "replace")


def _zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return stream.getvalue()
