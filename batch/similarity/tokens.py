"""A source file as a sequence of symbols, regardless of names, comments and layout. Nothing is run."""

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from autograder.sandbox.child import lex
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.replies import Returned

LARGEST = 256 * 1024  # bytes of a file that are compared
SECONDS, SECONDS_IN_ALL = 5.0, 3600.0  # for one file, and for all files of a class
PIECE = 12  # symbols


@dataclass(frozen=True)
class Source:
    """A text, its symbols, and where each symbol begins in the text."""

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
        """Return the line, from 0, in which a symbol begins."""
        return bisect_right(self._line_starts, self.starts[place]) - 1

    def pieces(self, numbers: dict[str, int]) -> list[bytes]:
        """Return all runs of PIECE symbols, in order. numbers: of symbols, shared by all files and extended here."""
        codes = array("I", [numbers.setdefault(symbol, len(numbers)) for symbol in self.symbols])
        packed, step = codes.tobytes(), codes.itemsize
        return [packed[place * step : (place + PIECE) * step] for place in range(len(codes) - PIECE + 1)]


def read(path: Path) -> str:
    """Return the beginning of a file as text, whatever its bytes are, without whitespace in empty lines.

    It has no meaning, and Pygments needs quadratic time for much of it.
    """
    with path.open("rb") as stream:
        text = stream.read(LARGEST).decode("utf-8", "replace")
    return re.sub(r"(?m)^[^\S\n]+$", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def parse(text: str) -> Source:
    """Return the symbols of a trusted text, such as a handout's."""
    symbols, starts = lex.symbols(None, text)
    return Source(text, tuple(symbols), tuple(starts.tolist()))


class Lexer:
    """Finds the symbols of students' texts in a sandbox worker, within its limits."""

    def __init__(self) -> None:
        """Start the worker."""
        limits = Limits(SECONDS, SECONDS_IN_ALL, packages=("numpy", "pygments"), harness=Harness("lex"))
        self._sandbox = Sandbox()
        self._worker = self._sandbox.worker(self._sandbox.submission / "text", limits)

    def source(self, text: str) -> Source | None:
        """Return a text with its symbols; None if they are not found in time."""
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
