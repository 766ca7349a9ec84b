"""Faults: what a kernel must never do, even if its results are right."""

from dataclasses import dataclass
from enum import Enum


class Kind(str, Enum):
    """The kind of a fault."""

    RACE = "race"
    OUT_OF_RANGE = "index out of range"
    NEGATIVE_INDEX = "negative index"
    UNINITIALISED = "read before it is written"
    BARRIER = "divergent barrier"
    ZERO = "division by zero"
    LIMIT = "limit of the hardware"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Place:
    """A piece of a kernel's source; to the machine, an instruction."""

    function: str
    line: int
    column: int
    end: tuple[int, int] = (0, 0)  # the line and the column after it


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong, in a sentence that names threads, lines and what to do."""

    kind: Kind
    sentence: str
    places: tuple[Place, ...] = ()  # the lines to look at, the most important one first
    array: str = ""  # as the kernel calls it
    block: tuple[int, int, int] = (0, 0, 0)
    threads: tuple[tuple[int, int, int], ...] = ()  # threadIdx of those that it names


class KernelError(Exception):
    """The kernel cannot continue: what it asks for has no meaning, such as indexing a number."""

    def __init__(self, said: str, place: Place | None = None) -> None:
        whole = f"Line {place.line}: {said}" if place else said[0].upper() + said[1:]
        self.sentence = whole if whole[-1] in ".?!" else f"{whole}."
        self.place = place
        super().__init__(self.sentence)


class OverBudget(KernelError):
    """The kernel takes more steps, accesses or memory than it may."""


class NotBegun(KernelError):
    """The kernel is a stub that has not been filled in."""
