"""The checks of each assignment: unittest classes, one for each part, that run in the grader's own process."""

from pathlib import Path

from autograder import options
from autograder.checks import cnn
from autograder.checks.part import Assignment, Part, number
from common.errors import UserError

PARTS = {"cnn": (cnn.TITLE, cnn.PARTS)}

__all__ = ["Assignment", "Part", "assignment"]


def assignment(name: str, options_file: Path | None = None) -> Assignment:
    """Return the assignment of this name, with its own options or those in another file.

    Raises UserError if there is none, or if the options do not fit its checks.
    """
    if name not in PARTS:
        raise UserError(f"there is no assignment {name!r}; there is: {', '.join(PARTS)}")
    title, parts = PARTS[name]
    assigned = Assignment(name, title, parts, options.load(name, options_file))
    _require_names("parts", set(assigned.options.parts), {Path(part.file).stem for part in parts}, options_file)
    numbers = {number(check) or "" for check in assigned.checks()} - {""}
    _require_names("checks", set(assigned.options.checks), numbers, options_file)
    return assigned


def _require_names(table: str, said: set[str], there: set[str], file: Path | None) -> None:
    if missing := sorted(there - said):
        raise UserError(f"{file or options.FILE}: {table}.{missing[0]} is missing")
    if unknown := sorted(said - there):
        raise UserError(f"{file or options.FILE}: {table}.{unknown[0]} is in the options, but not in the assignment")
