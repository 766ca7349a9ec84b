"""Write a call: in brief for a sentence, or as Python that repeats it wherever it is pasted."""

import ast
import math
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.numbers import DRAWS_WITH, drawn_by
from autograder.sandbox.child.wire import Value

WIDTH = 76  # columns
INDENT = " " * 4
FEW = 64  # numbers of an array that are written out even if an expression draws them
MOST = 3_000  # characters of a call that is written in full
MANY, FIRST = 20, 3  # entries of a list that is cut short in brief, and how many of them are shown
LARGEST_WHOLE = 10**6  # whole floats up to here are written as integers
REAL = "?bBhHiIlLqQefd"  # the types of numbers that are written: no literal holds all digits of a wider one
BUILT_IN = {"bool", "float"}  # types of arrays
IMPORTS = {"np": "import numpy as np", DRAWS_WITH: f"from numpy.random import {DRAWS_WITH}"}


class Unwritten(ValueError):
    """A value that is too long to write, or for which Python has no expression."""


def in_brief(function: str, arguments: Sequence[Value], options: Mapping[str, Value]) -> str:
    """Write a call with arrays as their shape and type, and long lists cut short."""
    parts = [*map(_briefly, arguments), *(f"{name}={_briefly(value)}" for name, value in options.items())]
    return f"{function}({', '.join(parts)})"


def to_paste(module: str, function: str, arguments: Sequence[Value], options: Mapping[str, Value]) -> str:
    """Write a call with its imports and all of its arguments, so that it can be pasted into Python.

    It is written in brief where it would be too long.
    """
    try:
        room = WIDTH - len(INDENT) - len(",")
        named = [f"{name}={_written(value, room - len(name) - 1)}" for name, value in options.items()]
        whole = _in_brackets(f"{function}(", [*(_written(value, room) for value in arguments), *named], ")", WIDTH)
    except Unwritten:
        return in_brief(function, arguments, options)
    return with_imports(module, whole) if len(whole) <= MOST else in_brief(function, arguments, options)


def launch_to_paste(
    module: str, kernel: str, sizes: Sequence[int], arguments: Sequence[Value], shape: tuple[int, ...]
) -> str:
    """Write the launch of a Numba kernel so that it can be pasted into Python: launch_KERNEL(sizes) says how.

    shape: of its last argument, an array of float32 that it writes. It is written in brief where it would be too long.
    """
    launched = f"{kernel}[launch_{kernel}({', '.join(map(str, sizes))})]"
    try:
        room = WIDTH - len(INDENT) - len(",")
        whole = _in_brackets(f"{launched}(", [*(_written(value, room) for value in arguments), "output"], ")", WIDTH)
    except Unwritten:
        return in_brief(launched, arguments, {})
    if len(whole) > MOST:
        return in_brief(launched, arguments, {})
    imports = [line for name, line in IMPORTS.items() if name == "np" or name in whole]
    output = f"output = np.zeros({shape}, np.float32)"
    return "\n".join([*imports, f"from {module} import {kernel}, launch_{kernel}", output, whole, "print(output)"])


def with_imports(module: str, expression: str) -> str:
    """Put the imports that an expression needs before it: NumPy, and the functions of the module that it calls.

    It stays as it is if it holds other names, or is not Python: it is made for reading only.
    """
    try:
        nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    except SyntaxError:
        return expression
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    functions = sorted(called - IMPORTS.keys() - BUILT_IN)
    if names - IMPORTS.keys() - BUILT_IN != set(functions) or not functions:
        return expression
    imports = [line for name, line in IMPORTS.items() if name in names]
    return "\n".join([*imports, f"from {module} import {', '.join(functions)}", expression])


def _briefly(value: Value) -> str:
    if isinstance(value, np.ndarray):
        return f"{'x'.join(map(str, value.shape))} {value.dtype}"
    if type(value) is dict:
        return f"{{{', '.join(f'{key!r}: {_briefly(each)}' for key, each in value.items())}}}"
    if type(value) in (list, tuple):
        shown = (
            [*map(_briefly, value)] if len(value) <= MANY else [*map(_briefly, value[:FIRST]), f"... {len(value):,} in all"]
        )
        return f"[{', '.join(shown)}]" if type(value) is list else f"({', '.join(shown)}{',' * (len(value) == 1)})"
    return repr(value)


def _written(value: Value, room: int) -> str:
    """Write a value as an expression, in lines of at most so many characters if possible."""
    if isinstance(value, np.ndarray):
        drawn = drawn_by(value) if value.size > FEW else None
        return drawn or _array(value, room)
    inner = room - len(INDENT) - len(",")
    if isinstance(value, dict):
        entries = [f"{_written(key, inner)}: {_written(each, inner)}" for key, each in value.items()]
        return _in_brackets("{", entries, "}", room)
    if isinstance(value, (list, tuple)):
        entries = [_written(each, inner) for each in value]
        opening, closing = ("[", "]") if isinstance(value, list) else ("(", ",)" if len(value) == 1 else ")")
        are_numbers = all(isinstance(each, (int, float, np.generic)) for each in value)
        return _in_brackets(opening, entries, closing, room, several_in_a_line=are_numbers)
    return _scalar(value)


def _in_brackets(opening: str, entries: list[str], closing: str, room: int, several_in_a_line: bool = False) -> str:
    """Write entries in one line, or each on lines of its own. several_in_a_line: as many as fit, if none has a space."""
    line = f"{opening}{', '.join(entries)}{closing}"
    if "\n" not in line and len(line) <= room:
        return line
    together = ",\n".join(entries)
    if several_in_a_line:
        together = "\n".join(textwrap.wrap(together, room - len(INDENT), break_long_words=False, break_on_hyphens=False))
    inner = together.replace("\n", f"\n{INDENT}")
    return f"{opening}\n{INDENT}{inner},\n{closing.lstrip(',')}"


def _array(array: NDArray[Any], room: int) -> str:
    """Write an array, each row on a line of its own."""
    if array.dtype.char not in REAL or array.size > MOST:
        raise Unwritten
    dtype = {"bool": "bool", "float64": "float"}.get(array.dtype.name, f"np.{array.dtype.name}")
    if array.size == 0:
        return f"np.empty({array.shape}, {dtype})"
    width = max(len(_number(value)) for value in array.flat)
    opening = "np.array("
    numbers = np.array2string(
        array,
        max_line_width=room - 1,  # for the comma behind a row
        separator=", ",
        prefix=opening,
        threshold=sys.maxsize,
        formatter={"all": lambda value: _number(value).rjust(width)},
    )
    rows = opening + re.sub("\n+", "\n", numbers)
    fits = len(rows.rpartition("\n")[2]) + len(f", {dtype})") <= room
    return f"{rows}, {dtype})" if fits else f"{rows},\n{' ' * len(opening)}{dtype})"


def _scalar(value: Value) -> str:
    """Write a number, a truth value, a text or None. NumPy's texts arrive as Python's."""
    if isinstance(value, str):
        return repr(str(value))
    if isinstance(value, np.generic) and value.dtype.char in REAL:
        name = "bool_" if value.dtype.kind == "b" else value.dtype.name
        return f"np.{name}({_number(value)})"
    if type(value) is float:
        return repr(value) if math.isfinite(value) else _number(value)
    if value is None or type(value) in (bool, int):
        return repr(value)
    raise Unwritten


def _number(value: Value) -> str:
    """Write a number without its type."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    number = float(value)
    if not math.isfinite(number):
        return f"np.{number}" if number != -math.inf else "-np.inf"
    is_zero_below = number == 0 and math.copysign(1, number) < 0
    return str(int(number)) if number.is_integer() and abs(number) < LARGEST_WHOLE and not is_zero_below else str(value)
