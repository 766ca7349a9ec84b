"""How a check can end."""

from enum import Enum

from common.errors import UserError


class Verdict(str, Enum):
    """One word for students, graders and files alike."""

    PASSED = "passed"
    WRONG = "wrong"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    NOT_IMPLEMENTED = "not implemented"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    SKIPPED = "skipped"
    GRADER_ERROR = "grader error"

    def __str__(self) -> str:
        return self.value


class FailedHere(UserError):
    """This machine's fault, such as a full disk: neither the submission's nor its grade. Another time it may go well."""


class Ungradable(UserError):
    """Something about the submission itself, such as a damaged zip, for which it cannot be graded at all."""
