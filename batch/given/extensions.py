"""More time for some students, and when their work arrived: a table that a TA gives."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path

from batch.given import lines
from batch.given.lines import Line
from batch.given.moments import moment
from common.errors import UserError
from quizzes.roster import heading_of

NONE = "none"  # in place of a due date: there is none
NO_DUE_DATE = (NONE, "excused", "no due date")
NOTHING = {"", "-"}  # an empty cell; Moodle writes a dash
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
    """What a line of the table says. Times are in ISO 8601.

    place: the line, for messages. who: the cells that name the student. due: a new due date, NONE, or "". days, hours: more
    time than the others have. handed_in: when the work arrived, or ""; content: of the record that this is about.
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
        """Whether it counts from everybody's due date."""
        return bool(self.days or self.hours)

    @property
    def gives_time(self) -> bool:
        """Whether it says anything about when the work is due."""
        return bool(self.due or self.is_relative)

    def due_date(self, everyones: datetime | None) -> datetime | None:
        """Return when the student's work is due, never before everybody's; None if it has no due date.

        A day is one of the calendar: what is due at 18:00 is due at 18:00, even if clocks change meanwhile.
        """
        if self.due == NONE or everyones is None:
            return None if self.due in ("", NONE) else moment(self.due)
        if self.due:
            return max(everyones, moment(self.due))
        days = everyones.astimezone().replace(tzinfo=None) + timedelta(days=self.days)
        return max(everyones, days.astimezone() + timedelta(hours=self.hours))


def read(path: Path) -> tuple[Extension, ...]:
    """Return what a table says, line by line. Lines that say nothing but a student's name are passed over.

    A column names students, under any usual heading; another gives a new due date (due), or more time (days, hours), or
    when the work was handed in. Raises UserError, which names the line, for what cannot be meant.
    """
    headings, found = lines.read(path, {}, COLUMNS)
    if not {heading_of(heading) for heading in headings}.intersection(chain(*COLUMNS.values())):
        shown = ", ".join(map(repr, headings[:8]))
        raise UserError(f"{path} has no column due, days, hours or handed in: its first line has {shown}")
    about = [line for line in found if set(line.cells.values()) - NOTHING]
    if not about:
        raise UserError(f"{path} says nothing about anyone: its columns due, days, hours and handed in are empty")
    return tuple(lines.each(path, about, lambda line: _extension(line, f"{path.name}, line {line.number}")))


def _extension(line: Line, place: str) -> Extension:
    if not line.who:
        raise UserError("no student is named")
    cells = {column: "" if cell in NOTHING else cell for column, cell in line.cells.items()}
    due, handed_in = cells["due"], cells["handed in"]
    if due and (cells["days"] or cells["hours"]):
        raise UserError("it has both a due date and more time: leave one of them empty")
    if due.casefold() in NO_DUE_DATE:
        due = NONE
    elif due:
        due = _moment(due, time.max)
    days, hours = _amount(cells["days"], "days", MOST_DAYS), _amount(cells["hours"], "hours", 24 * MOST_DAYS)
    return Extension(place, line.who, due, days, hours, handed_in and _moment(handed_in, time.min))


def _moment(text: str, at: time) -> str:
    try:
        return moment(text, at).isoformat()
    except ValueError as problem:
        raise UserError(str(problem)) from None


def _amount(text: str, unit: str, most: int) -> float:
    try:
        amount = float(text.replace(",", ".") or 0)
    except ValueError:
        raise UserError(f"{text!r} is not a number of {unit}") from None
    if not 0 <= amount <= most:
        raise UserError(f"more time must be 0 to {most} {unit}, but is {text}")
    return amount
