"""Times as people write them: in options, and in tables."""

from datetime import datetime, time

YEARS = range(2000, 2100)


def moment(text: str, at: time = time.min) -> datetime:
    """Return a date, or a date and a time, in ISO 8601; without an offset it is meant in this machine's time zone.

    at: the time of day that a date alone means. Raises ValueError for anything else.
    """
    try:
        written = text.strip().replace("Z", "+00:00")  # Python 3.10 knows no Z
        found = datetime.fromisoformat(written)
        if len(written) <= len("2026-11-22"):
            found = datetime.combine(found, at)
        if found.year in YEARS:
            return found.astimezone()
    except ValueError:
        pass
    raise ValueError(f"{text.strip()!r} is not a time such as 2026-11-22 18:00")


def shown(moment: datetime) -> str:
    """Return a time for people, to the minute, with its zone."""
    return f"{moment:%Y-%m-%d %H:%M} {moment:%z}".rstrip()
