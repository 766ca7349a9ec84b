"""submission_metadata.json as Gradescope's documentation shows it."""

from datetime import datetime, timedelta, timezone

DUE = datetime(2026, 10, 1, 12, tzinfo=timezone(timedelta(hours=-7)))


def metadata(after_due: timedelta = timedelta(hours=-5), previous: list[dict] | None = None) -> dict:
    """Return the metadata of a submission handed in so long after the due date. previous: earlier submissions."""
    return {
        "id": 123456,
        "created_at": _iso(DUE + after_due),
        "assignment": {
            "due_date": _iso(DUE),
            "group_size": 2,
            "group_submission": True,
            "id": 25828,
            "course_id": 1234,
            "late_due_date": None,
            "release_date": "2026-09-20T00:00:00.000000-07:00",
            "title": "Convolutional neural networks",
            "total_points": "100.0",
        },
        "submission_method": "upload",
        "users": [
            {"email": "ada@example.com", "id": 1, "name": "Ada <b>Lovelace</b>"},
            {"email": "alan@example.com", "id": 2, "name": "=HYPERLINK(1)"},
        ],
        "previous_submissions": previous or [],
        "assignment_id": 25828,
    }


def earlier(before_due: timedelta, results: dict | None = None, failed: bool = False, score: float | None = 50.0) -> dict:
    """Return the entry of an earlier submission. results: Gradescope keeps those of the latest one only."""
    entry = {"submission_time": _iso(DUE - before_due), "score": score, "autograder_error": failed}
    return entry | ({"results": results} if results else {})


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")
