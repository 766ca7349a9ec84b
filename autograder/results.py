"""results.json as Gradescope wants it. Source: gradescope-autograders.readthedocs.io, "Autograder specifications"."""

import json
import math
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment
from autograder.part import Check
from autograder.verdicts import Verdict
from common.errors import UserError
from common.files import write_whole

MOST_TEXT = 8_000  # characters of one output; Gradescope cuts at 100,000
SCHEMA = 1
NOT_RUN = "This check did not run."


def skeleton(assignment: Assignment, checks: list[Check]) -> dict[str, Any]:
    """Return a valid document in which no check has run yet: the result if the grader is stopped at once."""
    return {
        "score": 0.0,
        "output": "The autograder was started, but has not finished.",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"schema": SCHEMA, "assignment": assignment.name},
        "tests": [_not_run(check) for check in checks if check.number],
        "leaderboard": [],
    }


def put(document: dict[str, Any], test: dict[str, Any], extra: float = 0.0) -> None:
    """Record a finished test, clamp its score and update the total. extra: points beyond its maximum."""
    most = float(test["max_score"]) + extra
    score = float(test.get("score") or 0.0)
    test["score"] = round(min(max(score, 0.0), most), 2) if math.isfinite(score) else 0.0
    test["output"] = shorten(test.get("output", ""))
    position = next(index for index, old in enumerate(document["tests"]) if old["number"] == test["number"])
    document["tests"][position] = test
    document["score"] = round(sum(test["score"] for test in document["tests"]), 2)


def ended(document: dict[str, Any]) -> tuple[int, int]:
    """Return how many checks have finished, and how many there are."""
    tests = document.get("tests", [])
    return sum(test.get("output") != NOT_RUN for test in tests), len(tests)


def shorten(text: str) -> str:
    """Return text without NUL characters, cut to the length of a field."""
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n[... the rest is left out]"


def read(path: Path) -> dict[str, Any]:
    """Return the document in a file; raises ValueError if it has none."""
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        raise ValueError(str(error)) from None
    if not isinstance(document, dict):
        raise ValueError(f"{path} is not a JSON object")
    return document


def write(path: Path, document: dict[str, Any]) -> None:
    """Replace the file with the document atomically: readers see the old one or the new one.

    Raises UserError if the file cannot be written.
    """
    write_whole(path, [content(document)])


def content(document: dict[str, Any]) -> bytes:
    """Return a document as the content of its file."""
    return (json.dumps(document, allow_nan=False) + "\n").encode()


def remove(path: Path) -> None:
    """Remove a file if it is there; raises UserError if that fails."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"cannot replace {path}: {error.strerror}. Choose another folder with --out.") from None


def _not_run(check: Check) -> dict[str, Any]:
    return {
        "number": check.number,
        "name": check.title,
        "score": 0.0,
        "max_score": check.points,
        "status": "failed",
        "output": NOT_RUN,
        "visibility": check.visibility,
        "extra_data": {"verdict": Verdict.SKIPPED.value},
    }
