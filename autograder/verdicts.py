"""How a check can end, and why a submission may not be graded at all."""

from enum import Enum

from common.errors import UserError


class Verdict(str, Enum):
    """How a check ended, in the words that students, graders and files share."""

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
    """The machine failed, for example with a full disk. That says nothing about the submission; a retry may work."""


class Ungradable(UserError):
    """The submission cannot be graded, for example because its zip is damaged."""
