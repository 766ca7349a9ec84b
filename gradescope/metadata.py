"""submission_metadata.json: when this was submitted, when it was due, and the student's other submissions."""

import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

Kind = TypeVar("Kind")

GRADED = "graded_at"  # in extra_data: the times of the submissions that were graded, passed on from result to result
LARGEST = 16_000_000  # bytes
YEARS = range(2000, 2100)
PRECISIONS = (1, 1_000, 1_000_000)  # in microseconds: times may be cut to milliseconds or seconds


@dataclass(frozen=True)
class Entry:
    """A submission that Gradescope lists: an earlier one or, on a regrade, this one or a later one."""

    time: datetime
    score: float | None = None  # None while it runs
    results: dict[str, Any] | None = None  # of the latest only; None while it runs, and if the autograder failed
    graded: list[datetime] | None = None  # according to its results: the times of the submissions graded by then


@dataclass(frozen=True)
class Metadata:
    """What Gradescope says about a submission."""

    created_at: datetime
    due_date: datetime | None = None  # of the student, or the latest in a group
    members: int = 1  # of the group
    emails: tuple[str, ...] = ()  # of its members
    entries: list[Entry] = field(default_factory=list)  # in order of time

    @property
    def earlier(self) -> list[Entry]:
        """The submissions before this one; a regrade of an old one must not see what came after it."""
        return [entry for entry in self.entries if entry.time < self.created_at and not self.is_own(entry.time)]

    def is_own(self, time: datetime) -> bool:
        """Return whether a time is that of this submission, even if it was cut to milliseconds or seconds."""
        cut = [self.created_at.microsecond // precision * precision for precision in PRECISIONS]
        return any(time == self.created_at.replace(microsecond=microsecond) for microsecond in cut)


def read(path: Path) -> Metadata | None:
    """Return what a file says; None if there is no file, as outside of Gradescope.

    Raises ValueError for a file that Gradescope would not write.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
    try:
        return _metadata(json.loads(content))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path.name} is not as Gradescope documents it: {error!r}") from None


def _metadata(content: dict[str, Any]) -> Metadata:
    users = _of_type(list, content.get("users")) or []
    everyones = _due_date(content)
    # A student's own date is an extension; otherwise the assignment's date applies, if it has one.
    due_dates = [_due_date(user) or everyones for user in users] or [everyones]
    entries = _of_type(list, content.get("previous_submissions")) or []
    return Metadata(
        created_at=_time(content["created_at"]),
        due_date=None if None in due_dates else max(filter(None, due_dates)),
        members=max(len(users), 1),
        emails=tuple(user["email"] for user in users if _of_type(str, user.get("email"))),
        entries=sorted(map(_entry, entries), key=lambda entry: entry.time),
    )


def _due_date(of: dict[str, Any]) -> datetime | None:
    assignment = _of_type(dict, of.get("assignment")) or {}
    return _time(assignment["due_date"]) if assignment.get("due_date") else None


def _entry(content: dict[str, Any]) -> Entry:
    score = content.get("score")
    results = _of_type(dict, content.get("results"))
    is_usable = results is not None and isinstance(results.get("tests"), list)
    extra = results.get("extra_data") if results else None
    graded = _of_type(list, extra.get(GRADED)) if isinstance(extra, dict) else None
    return Entry(
        _time(content["submission_time"]),
        float(score) if isinstance(score, int | float) and math.isfinite(score) else None,
        results if is_usable else None,
        None if graded is None else [_time(time) for time in graded],
    )


def _of_type(kind: type[Kind], value: object) -> Kind | None:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{value!r:.80} is not of type {kind.__name__}")
    return value


def _time(text: object) -> datetime:
    """Parse a time with its offset from UTC, which Gradescope always gives."""
    time = datetime.fromisoformat((_of_type(str, text) or "").replace("Z", "+00:00"))  # Python 3.10 knows no Z
    if time.year not in YEARS:
        raise ValueError(f"{text} is not a time of this century")
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
