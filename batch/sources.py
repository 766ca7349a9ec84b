"""A source file as a row of symbols: what it says, whatever its names, comments and layout. Nothing of it runs."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

LARGEST = 256 * 1024  # bytes of a file that are looked at
MOST_SYMBOLS = 10_000
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
    """Return the beginning of a file as text, whatever its bytes are."""
    with path.open("rb") as stream:
        text = stream.read(LARGEST).decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> Source:
    """Return the symbols of a text, which need not be valid Python."""
    symbols: list[str] = []
    starts: list[int] = []
    for start, symbol in islice(_symbols(text), MOST_SYMBOLS):
        if symbol in ")]}" and symbols and symbols[-1] == ",":  # a formatter's, not the writer's
            symbols.pop()
            starts.pop()
        symbols.append(symbol)
        starts.append(start)
    return Source(text, tuple(symbols), tuple(starts))


def _symbols(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a symbol begins, and what stands for it: keywords, numbers and others' names are themselves."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Name, String, Text

    before = ["", ""]
    for start, kind, value in PythonLexer().get_tokens_unprocessed(text):
        if kind in Text or kind in Comment or kind in String.Doc or value == ";":
            continue
        if kind in String:
            symbol = "text"
        elif kind in Name and not _is_kept(kind, before, Name):
            symbol = "name"
        else:
            symbol = value
        if symbol != "text" or before[1] != "text":  # a literal comes in parts
            yield start, symbol
        before = [before[1], symbol]


def _is_kept(kind: Any, before: list[str], name: Any) -> bool:
    """Tell whether a name is not the writer's to choose: a built-in one, a module, an attribute of something imported."""
    given = kind in name.Builtin or kind in name.Exception or kind in name.Namespace or kind in name.Function.Magic
    return given or (before[1] == "." and before[0] != "self")
