"""Times as people and programs write them: in options, and in tables."""

from contextlib import suppress
from datetime import datetime, time

YEARS = range(2000, 2100)
MOODLE = ("%d %B %Y, %I:%M %p", "%B %d, %Y, %I:%M %p")  # behind the day of the week, in its two kinds of English


def moment(text: str, at: time = time.min) -> datetime:
    """Return a date, or a date and a time, in ISO 8601 or as Moodle's worksheets have it in English.

    Without an offset it is meant in this machine's time zone. at: the time of day that a date alone means. Raises
    ValueError for anything else.
    """
    written = " ".join(text.split())
    with suppress(ValueError, OverflowError):
        found = _parsed(written)
        if len(written) <= len("2026-11-22"):
            found = datetime.combine(found, at)
        if found.year in YEARS:
            return found.astimezone()
    raise ValueError(f"{written!r} is not a time such as 2026-11-22 18:00")


def shown(moment: datetime) -> str:
    """Return a time for people, to the minute, with its zone."""
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _parsed(text: str) -> datetime:
    for form in MOODLE:
        with suppress(ValueError):
            return datetime.strptime(text.partition(", ")[2], form)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
