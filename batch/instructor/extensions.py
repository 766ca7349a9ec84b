"""Extensions: a table of students with more time, or with the time at which their work arrived."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path

from batch.instructor import student_table
from batch.instructor.student_table import Line
from batch.instructor.times import parse_time
from common.errors import UserError
from quizzes.roster import heading_of

NO_DATE = "none"  # in place of a due date
NO_DUE_DATE = (NO_DATE, "excused", "no due date")
NOTHING = {"", "-"}  # empty cells; Moodle writes a dash
COLUMNS = {
    "due": ("due", "due date", "new due date", "extended due date", "due at", "deadline", "new deadline"),
    "days": ("days", "extra days", "days of extension", "extension days", "extension (days)"),
    "hours": ("hours", "extra hours", "hours of extension", "extension hours", "extension (hours)"),
    "handed in": (
        "handed in",
        "handed in at",
        "submitted",
        "submitted at",
        "submission time",
        "last modified (submission)",
    ),
}
MOST_DAYS = 400


@dataclass(frozen=True)
class Extension:
    """A line of the table. Times are in ISO 8601.

    place: the line, for messages. who: the cells that name the student. due: a new due date, NO_DATE, or "". days, hours:
    extra time. handed_in: when the work arrived, or "". content: of the result that this is about.
    """

    place: str
    who: tuple[str, ...]
    due: str = ""
    days: float = 0.0
    hours: float = 0.0
    handed_in: str = ""
    content: str = ""

    @property
    def is_relative(self) -> bool:
        """Whether it is relative to the class's due date."""
        return bool(self.days or self.hours)

    @property
    def gives_time(self) -> bool:
        """Whether it changes when the work is due."""
        return bool(self.due or self.is_relative)

    def due_date(self, of_class: datetime | None) -> datetime | None:
        """Return when the student's work is due, never before the class's due date; None if it has no due date.

        Days are calendar days: work that is due at 18:00 is due at 18:00, even if the clocks change meanwhile.
        """
        if self.due == NO_DATE or of_class is None:
            return None if self.due in ("", NO_DATE) else parse_time(self.due)
        if self.due:
            return max(of_class, parse_time(self.due))
        days = of_class.astimezone().replace(tzinfo=None) + timedelta(days=self.days)
        return max(of_class, days.astimezone() + timedelta(hours=self.hours))


def read(path: Path) -> tuple[Extension, ...]:
    """Return the extensions in a table. Lines with only a student's name are skipped.

    One column names the students, under any usual heading; others give a new due date (due), extra time (days, hours), or
    the time at which work arrived (handed in). Raises UserError, which names invalid lines.
    """
    headings, found = student_table.read(path, {}, COLUMNS)
    if not {heading_of(heading) for heading in headings}.intersection(chain(*COLUMNS.values())):
        shown = ", ".join(map(repr, headings[:8]))
        raise UserError(f"{path} has no column due, days, hours or handed in: its first line has {shown}")
    about = [line for line in found if set(line.cells.values()) - NOTHING]
    if not about:
        raise UserError(f"{path} has no extensions: its columns due, days, hours and handed in are empty")
    return tuple(student_table.each(path, about, lambda line: _extension(line, f"{path.name}, line {line.number}")))


def _extension(line: Line, place: str) -> Extension:
    if not line.who:
        raise UserError("no student is named")
    cells = {column: "" if cell in NOTHING else cell for column, cell in line.cells.items()}
    due, handed_in = cells["due"], cells["handed in"]
    if due and (cells["days"] or cells["hours"]):
        raise UserError("it has both a due date and extra time: leave one of them empty")
    if due.casefold() in NO_DUE_DATE:
        due = NO_DATE
    elif due:
        due = _moment(due, time.max)
    days, hours = _amount(cells["days"], "days", MOST_DAYS), _amount(cells["hours"], "hours", 24 * MOST_DAYS)
    return Extension(place, line.who, due, days, hours, handed_in and _moment(handed_in, time.min))


def _moment(text: str, at: time) -> str:
    try:
        return parse_time(text, at).isoformat()
    except ValueError as problem:
        raise UserError(str(problem)) from None


def _amount(text: str, unit: str, most: int) -> float:
    try:
        amount = float(text.replace(",", ".") or 0)
    except ValueError:
        raise UserError(f"{text!r} is not a number of {unit}") from None
    if not 0 <= amount <= most:
        raise UserError(f"extra time must be 0 to {most} {unit}, not {text}")
    return amount
