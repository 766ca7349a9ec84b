"""What submissions are called where people read about them. Names come from students: nothing in them may steer a page."""

from batch.records import HandedIn, Student
from common.pages import NOT_SHOWN


def called(handed_in: HandedIn) -> str:
    """Return the students' names on one line, or the submission's key where the export has none."""
    return ", ".join(filter(None, map(called_alone, handed_in.students))) or handed_in.key


def called_alone(student: Student) -> str:
    """Return a student's name on one line, or the address or the number where there is no name."""
    return (" ".join(student.name.split()) or student.email or student.sid).translate(NOT_SHOWN)


def handed_in_by(handed_in: HandedIn) -> str:
    """Return who handed it in, and when if the export says so, in a line."""
    when = handed_in.moment.strftime("%Y-%m-%d %H:%M") if handed_in.moment else on_one_line(handed_in.submitted)
    return f"{called(handed_in)}, handed in {when}" if when else called(handed_in)


def counted(count: int, word: str) -> str:
    """Return how many there are of something: "1 row", "2 rows"."""
    return f"{count} {word}" + "s" * (count != 1)


def on_one_line(text: str) -> str:
    """Return text without line breaks and without characters that steer a terminal or a page."""
    return " ".join(text.split()).translate(NOT_SHOWN)


def identities(handed_in: HandedIn) -> list[str]:
    """Return what tells its students from all others: addresses first, then numbers."""
    addresses = [f"email {student.email.strip().casefold()}" for student in handed_in.students if student.email.strip()]
    return addresses + [f"sid {student.sid.strip()}" for student in handed_in.students if student.sid.strip()]
