"""A source file as a row of symbols: what it says, whatever its names, comments and layout. Nothing of it runs."""

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from autograder.sandbox.child import lex
from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.replies import Returned
from autograder.sandbox.worker import Sandbox

LARGEST = 256 * 1024  # bytes of a file that are looked at
SECONDS, SECONDS_IN_ALL = 5.0, 3600.0  # for the symbols of one file, and of all files of a class
PIECE = 12  # symbols


@dataclass(frozen=True)
class Source:
    """A text, its symbols, and where in the text each symbol begins."""

    text: str
    symbols: tuple[str, ...]
    starts: tuple[int, ...]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def line_of(self, place: int) -> int:
        """Return the line, counted from 0, in which a symbol begins."""
        return bisect_right(self._line_starts, self.starts[place]) - 1

    def pieces(self, numbers: dict[str, int]) -> list[bytes]:
        """Return all runs of PIECE symbols, in their order. numbers: of the symbols, shared by all files; it grows."""
        codes = array("I", [numbers.setdefault(symbol, len(numbers)) for symbol in self.symbols])
        packed, step = codes.tobytes(), codes.itemsize
        return [packed[place * step : (place + PIECE) * step] for place in range(len(codes) - PIECE + 1)]


def read(path: Path) -> str:
    """Return the beginning of a file as text, whatever its bytes are, without the blanks in empty lines.

    Those say nothing, and Pygments needs quadratic time for many of them.
    """
    with path.open("rb") as stream:
        text = stream.read(LARGEST).decode("utf-8", "replace")
    return re.sub(r"(?m)^[^\S\n]+$", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def parse(text: str) -> Source:
    """Return the symbols of a text that may be trusted, such as a handout's."""
    symbols, starts = lex.symbols(None, text)
    return Source(text, tuple(symbols), tuple(starts.tolist()))


class Lexer:
    """Returns the symbols of students' texts: a worker of the sandbox finds them, within its limits."""

    def __init__(self) -> None:
        """Start the worker."""
        limits = Limits(SECONDS, SECONDS_IN_ALL, packages=("numpy", "pygments"), harness=Harness("lex"))
        self._sandbox = Sandbox()
        self._worker = self._sandbox.worker(self._sandbox.submission / "text", limits)

    def source(self, text: str) -> Source | None:
        """Return what a text says; None if its symbols are not found in time."""
        reply = self._worker.call("symbols", text, harness=True)
        match reply.result if isinstance(reply, Returned) else None:
            case (list(symbols), np.ndarray(dtype=np.int64, ndim=1) as starts) if len(symbols) == len(starts):
                if (
                    all(type(symbol) is str for symbol in symbols)
                    and (np.diff(starts, prepend=0, append=len(text)) >= 0).all()
                ):
                    return Source(text, tuple(symbols), tuple(starts.tolist()))
        return None

    def __enter__(self) -> "Lexer":
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()
