"""The symbols of a student's Python file: what it says, whatever its names, comments and layout. Nothing of it runs.

Runs in a worker, as Pygments needs quadratic time for some texts.
"""

from itertools import islice

import numpy as np

try:
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Name, String, Text
except ImportError:  # where only homework is graded
    PythonLexer = None

MOST_SYMBOLS = 10_000


def symbols(_, text):
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


def _symbols(text):
    """Yield where a symbol begins, and what stands for it: keywords, numbers and others' names are themselves."""
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


def _is_kept(kind, before):
    """Tell whether a name is not the writer's to choose: a built-in one, a module, an attribute of something imported."""
    given = kind in Name.Builtin or kind in Name.Exception or kind in Name.Namespace or kind in Name.Function.Magic
    return given or (before[1] == "." and before[0] != "self")
