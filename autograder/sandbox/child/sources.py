"""The text of a student's files, where each definition stands, and what differs between two texts. Nothing of it runs.

Runs in a worker: Python's parser and difflib need long for some texts.
"""

import ast
import tokenize
from difflib import SequenceMatcher

import numpy as np

LARGEST = 256 * 1024  # bytes of a file that are read
MOST_LINES, LONGEST_LINE = 2_000, 400
CONTEXT = 3  # lines above and below what differs


def lines(_, path):
    """Return the lines of a file as Python counts them, whatever its bytes are. Long ones, and long files, are cut."""
    with open(path, "rb") as stream:
        content = stream.read(LARGEST)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    found = [line[:LONGEST_LINE] + "\u2026" * (len(line) > LONGEST_LINE) for line in text.removesuffix("\n").split("\n")]
    return found[:MOST_LINES]


def definitions(_, path):
    """Return what a file defines at its top, in its order.

    For each that is its name, its first and its last line, counted from 1, and the names that it uses. There are none in a
    file that is not valid Python.
    """
    with open(path, "rb") as stream:
        tree = ast.parse(stream.read(LARGEST))
    return [
        [name, _first(statement), statement.end_lineno, sorted(_used(statement))]
        for statement in tree.body
        for name in _bound(statement)
    ]


def hunks(_, before, after):
    """Return what differs between two lists of lines, with a few lines around it.

    For each place that is an array of ranges in both, (ranges, 4): from line, to line in the one, from line, to line in the
    other, counted from 0. Ranges whose lines are equal are what stands around.
    """
    grouped = SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT)
    return [np.array([places for _, *places in group], np.int64) for group in grouped]


def _decoded(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Windows' PowerShell writes so; Python does not read it
        return content.decode("utf-16", "replace")
    parts = iter(content.splitlines(keepends=True))
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(parts, b""))
        return content.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):  # it names an unknown encoding, or is not text in any
        return content.decode("utf-8", "replace")


def _first(statement):
    return min(one.lineno for one in (statement, *getattr(statement, "decorator_list", ())))


def _bound(statement):
    """Return the names that a statement defines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _used(statement):
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
