"""Parse times in options and tables."""

from contextlib import suppress
from datetime import datetime, time

YEARS = range(2000, 2100)
MOODLE = ("%d %B %Y, %I:%M %p", "%B %d, %Y, %I:%M %p")  # after the day of the week, in British and American English


def parse_time(text: str, at: time = time.min) -> datetime:
    """Return the time that a text gives in ISO 8601, or as Moodle's English worksheets do.

    Without an offset it is in this machine's time zone. at: the time of day if only a date is given. Raises ValueError for
    any other text.
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
    """Return a time for people to read, to the minute and with its zone."""
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _parsed(text: str) -> datetime:
    for form in MOODLE:
        with suppress(ValueError):
            return datetime.strptime(text.partition(", ")[2], form)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 does not know Z
