"""submission_metadata.json: when this was handed in, when it was due, and what came before."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Previous:
    """An earlier submission to the same assignment by the same student or group."""

    time: datetime
    failed: bool  # because of the autograder, not of the student
    results: dict[str, Any] | None  # Gradescope keeps those of the latest one only


@dataclass(frozen=True)
class Metadata:
    """What Gradescope tells of a submission."""

    created_at: datetime
    due_date: datetime | None = None
    members: int = 1  # of the group that handed in
    emails: tuple[str, ...] = ()  # of its members
    previous: list[Previous] = field(default_factory=list)  # in the order of their times

    @property
    def latest(self) -> Previous | None:
        """The submission just before this one."""
        return self.previous[-1] if self.previous else None


def read(path: Path) -> Metadata | None:
    """Return what a file says; None where there is none, as when the autograder runs outside of Gradescope.

    Raises ValueError for a file that Gradescope would not write.
    """
    if not path.exists():
        return None
    content = json.loads(path.read_text())
    try:
        created_at = _time(content["created_at"])
        due_date = content.get("assignment", {}).get("due_date")
        users = content.get("users") or []
        emails = tuple(str(user["email"]) for user in users if user.get("email"))
        entries = [_previous(entry) for entry in content.get("previous_submissions") or []]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is not as Gradescope documents it: {error!r}") from None
    # A regrade of an old submission must not see what came after it.
    previous = sorted((entry for entry in entries if entry.time < created_at), key=lambda entry: entry.time)
    return Metadata(created_at, _time(due_date) if due_date else None, max(len(users), 1), emails, previous)


def _previous(entry: dict[str, Any]) -> Previous:
    results = entry.get("results")
    is_usable = isinstance(results, dict) and isinstance(results.get("tests"), list)
    return Previous(_time(entry["submission_time"]), bool(entry.get("autograder_error")), results if is_usable else None)


def _time(text: str) -> datetime:
    """Return a time with its offset from UTC, which Gradescope always gives."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 knows no Z
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
