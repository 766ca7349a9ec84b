"""The symbols of a student's Python file: what it says, whatever its names, comments and layout. Nothing of it runs.

Runs in a worker, as Pygments needs quadratic time for some texts.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

try:
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Name, String, Text, _TokenType
except ImportError:  # where only homework is graded
    PythonLexer = None

MOST_SYMBOLS = 10_000


def symbols(_: object, text: str) -> tuple[list[str], NDArray[np.int64]]:
    """Return the symbols of a text, which need not be valid Python, and where in the text each begins."""
    found: list[str] = []
    starts: list[int] = []
    for start, symbol in islice(_symbols(text), MOST_SYMBOLS):
        if symbol in ")]}" and found and found[-1] == ",":  # a formatter's, not the writer's
            found.pop()
            starts.pop()
        found.append(symbol)
        starts.append(start)
    return found, np.array(starts, np.int64)


def _symbols(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a symbol begins, and the symbol: keywords, numbers and others' names as they are written."""
    before = ["", ""]
    for start, kind, value in PythonLexer().get_tokens_unprocessed(text):
        if kind in Text or kind in Comment or kind in String.Doc or value == ";":
            continue
        if kind in String:
            symbol = "text"
        elif kind in Name and not _is_kept(kind, before):
            symbol = "name"
        else:
            symbol = value
        if symbol != "text" or before[1] != "text":  # a literal comes in parts
            yield start, symbol
        before = [before[1], symbol]


def _is_kept(kind: "_TokenType", before: list[str]) -> bool:
    """Return whether the writer could not choose a name: a built-in one, a module, an attribute of something imported."""
    given = kind in Name.Builtin or kind in Name.Exception or kind in Name.Namespace or kind in Name.Function.Magic
    return given or (before[1] == "." and before[0] != "self")
