"""Names of submissions for people to read. They come from students, so control characters are replaced."""

from batch.models import HandedIn, Student
from common.pages import NOT_SHOWN


def called(handed_in: HandedIn) -> str:
    """Return the students' names on one line, or the submission's key if the export has no names."""
    return ", ".join(filter(None, map(name_of_student, handed_in.students))) or handed_in.key


def name_of_student(student: Student) -> str:
    """Return a student's name on one line, or else the address or the number."""
    return (" ".join(student.best_name.split()) or student.email or student.sid).translate(NOT_SHOWN)


def submitted_by(handed_in: HandedIn) -> str:
    """Return on one line who submitted it, and when, if the export says so."""
    when = handed_in.submitted_at.strftime("%Y-%m-%d %H:%M") if handed_in.submitted_at else on_one_line(handed_in.submitted)
    return f"{called(handed_in)}, submitted {when}" if when else called(handed_in)


def counted(count: int, word: str) -> str:
    """Return a count with its noun: "1 row", "2 rows"."""
    return f"{count} {word}" + "s" * (count != 1)


def on_one_line(text: str) -> str:
    """Return text without line breaks and without characters that control a terminal or a page."""
    return " ".join(text.split()).translate(NOT_SHOWN)


def identities(handed_in: HandedIn) -> list[str]:
    """Return what identifies its students: addresses first, then numbers."""
    addresses = [f"email {student.email.strip().casefold()}" for student in handed_in.students if student.email.strip()]
    return addresses + [f"sid {student.sid.strip()}" for student in handed_in.students if student.sid.strip()]
