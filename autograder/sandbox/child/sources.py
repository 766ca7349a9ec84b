"""The text of a student's files, where each definition is, and what differs between two texts. Nothing in it runs.

Runs in a worker: Python's parser and difflib need long for some texts.
"""

import ast
import tokenize
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

LARGEST = 256 * 1024  # bytes of a file that are read
MOST_LINES, LONGEST_LINE = 2_000, 400
CONTEXT = 3  # lines above and below what differs


def lines(_: object, path: str) -> list[str]:
    """Return the lines of a file as Python counts them, whatever its bytes are. Long ones, and long files, are cut."""
    with open(path, "rb") as stream:
        content = stream.read(LARGEST)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    found = [line[:LONGEST_LINE] + "\u2026" * (len(line) > LONGEST_LINE) for line in text.removesuffix("\n").split("\n")]
    return found[:MOST_LINES]


def definitions(_: object, path: str) -> list[list[object]]:
    """Return the top-level definitions of a file, in their order.

    Each has its name, its first and its last line, counted from 1, and the names that it uses. A file that is not valid
    Python has none.
    """
    with open(path, "rb") as stream:
        content = stream.read(LARGEST)
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return []
    return [
        [name, _first(statement), statement.end_lineno, sorted(_used(statement))]
        for statement in tree.body
        for name in _bound(statement)
    ]


def hunks(_: object, before: list[str], after: list[str]) -> list[NDArray[np.int64]]:
    """Return what differs between two lists of lines, with a few lines of context.

    Each place is an array of ranges in both, (ranges, 4): first line and end in one list, first line and end in the
    other, counted from 0. Ranges with equal lines are the context.
    """
    grouped = SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT)
    return [np.array([places for _, *places in group], np.int64) for group in grouped]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Windows' PowerShell writes this; Python does not read it
        return content.decode("utf-16", "replace")
    parts = iter(content.splitlines(keepends=True))
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(parts, b""))
        return content.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):  # it names an unknown encoding, or is not text in any encoding
        return content.decode("utf-8", "replace")


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _used(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
