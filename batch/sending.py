"""Feedback to send: a zip as Canvas or Moodle takes it back, or a text for each student and a table for a mail merge."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.assignment import Assignment
from batch import feedback
from batch.exports import canvas as canvas_export
from batch.exports import moodle as moodle_export
from batch.grades import Grade, Grades
from batch.platforms import canvas, moodle
from batch.roster import Attendance
from batch.schedule import SUBMISSIONS
from batch.task import REPORT
from common.errors import UserError
from common.files import write_whole
from quizzes import tables

CANVAS, MOODLE, MAIL, NONE = "canvas", "moodle", "mail", "none"
KINDS = (CANVAS, MOODLE, MAIL, NONE)
TEXT, TEXTS = "feedback.txt", "feedback"  # a file's name, and the folder of all texts
FILES = {CANVAS: "feedback-canvas.zip", MOODLE: "feedback-moodle.zip", MAIL: "mail.csv"}
EXPORTS = {CANVAS: canvas_export.KIND, MOODLE: moodle_export.KIND}  # that a zip can be made of
MADE = (1980, 1, 1, 0, 0, 0)  # the time of a zip's members: the same grades give the same bytes


def require_export(how: str, kind: str) -> None:
    """Raise UserError where the feedback cannot be made of such an export, which names the files."""
    if EXPORTS.get(how, kind) != kind:
        raise UserError(
            f"--feedback {how} needs {EXPORTS[how]}'s own export, which says whose the files are; this is a {kind} export: "
            "choose another kind of feedback, or --feedback none"
        )


def write(folder: Path, grades: Grades, assigned: Assignment, how: str, attendance: Attendance | None) -> None:
    """Write the feedback for everyone whose submission was looked at, and remove what was made for another way."""
    for other in FILES.keys() - {how}:
        (folder / FILES[other]).unlink(missing_ok=True)
    sent = _sent(grades)
    if how == CANVAS:
        write_whole(folder / FILES[how], [_zipped(_for_canvas(folder, sent, assigned))])
    elif how == MOODLE:
        write_whole(folder / FILES[how], [_zipped(_for_moodle(folder, sent, assigned, attendance))])
    texts = {f"{each.handed_in.key}.txt": each for each in sent} if how == MAIL else {}
    for name, grade in texts.items():
        write_whole(folder / TEXTS / name, [feedback.text(grade, assigned).encode("utf-8", "replace")])
    for path in (folder / TEXTS).glob("*.txt"):
        if path.name not in texts:
            path.unlink()
    if how == MAIL:
        write_whole(folder / FILES[how], [tables.table(_mails(sent, assigned, attendance))])


def remarks(grades: Grades, how: str, attendance: Attendance | None) -> list[str]:
    """Return who gets no feedback this way."""
    sent = _sent(grades)
    if how == CANVAS and (without := sum(not canvas.feedback_name(each.handed_in.named) for each in sent)):
        return [f"{FILES[how]} leaves out {without} submissions without a file: Canvas takes files back, and nothing else."]
    if how == MOODLE:
        reached = {each.grade.handed_in.key for each in moodle.participants(sent, attendance)}
        if without := len(sent) - len(reached):
            return [f"{FILES[how]} leaves out {without} submissions whose participant is not known."]
    if how == MAIL:
        students = [student for each in sent for student in each.handed_in.students]
        if without := len(students) - len(list(_addresses(sent, attendance))):
            return [f"{FILES[how]} leaves out {without} students without an address: --roster FILE can give them."]
    return []


def _sent(grades: Grades) -> list[Grade]:
    sent = (each for each in grades if each.counts and (each.total is not None or not each.record.failed_here()))
    return sorted(sent, key=lambda each: each.handed_in.key)


def _files(folder: Path, grade: Grade, assigned: Assignment) -> dict[str, bytes]:
    """Return what one submission gets, by name: the text, and the report where students may see all of it."""
    files = {TEXT: feedback.text(grade, assigned).encode("utf-8", "replace")}
    report = folder / SUBMISSIONS / grade.folder / REPORT
    return {**files, REPORT: report.read_bytes()} if feedback.shows_all(assigned) and report.is_file() else files


def _for_canvas(folder: Path, grades: Grades, assigned: Assignment) -> Iterator[tuple[str, bytes]]:
    for grade in grades:
        if name := canvas.feedback_name(grade.handed_in.named):
            files = _files(folder, grade, assigned)
            yield name, _zipped(files.items()) if name.endswith(".zip") else files[TEXT]


def _for_moodle(
    folder: Path, grades: Grades, assigned: Assignment, attendance: Attendance | None
) -> Iterator[tuple[str, bytes]]:
    for each in moodle.participants(grades, attendance):
        for name, content in _files(folder, each.grade, assigned).items():
            yield f"{moodle.feedback_folder(each.student)}/{name}", content


def _mails(grades: Grades, assigned: Assignment, attendance: Attendance | None) -> Iterator[list[tables.Cell]]:
    yield ["address", "name", "subject", "file"]
    for grade, name, address in _addresses(grades, attendance):
        yield [address, name, f"{assigned.title}: your feedback", f"{TEXTS}/{grade.handed_in.key}.txt"]


def _addresses(grades: Grades, attendance: Attendance | None) -> Iterator[tuple[Grade, str, str]]:
    """Yield each student with an address, as the export or the class list has it."""
    for grade in grades:
        for student in grade.handed_in.students:
            enrolled = attendance.found.get(student) if attendance else None
            if address := student.email or (enrolled.student.email if enrolled else ""):
                yield grade, student.name, address


def _zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name, MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return stream.getvalue()
