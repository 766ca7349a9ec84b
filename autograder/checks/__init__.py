"""The checks of each assignment: unittest classes, one for each part, that run in the grader's own process."""

from autograder.checks import cnn
from autograder.checks.part import Assignment, Part
from autograder.verdicts import UserError

ASSIGNMENTS = {"cnn": cnn.ASSIGNMENT}

__all__ = ["ASSIGNMENTS", "Assignment", "Part", "assignment"]


def assignment(name: str) -> Assignment:
    """Return the assignment of this name; raises UserError if there is none."""
    if name not in ASSIGNMENTS:
        raise UserError(f"there is no assignment {name!r}; there is: {', '.join(ASSIGNMENTS)}")
    return ASSIGNMENTS[name]
