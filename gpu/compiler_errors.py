"""Explain why a kernel cannot be compiled: one sentence in place of Numba's many lines, and the student's line."""

import re
import traceback
from typing import Any

MOST_READ, MOST_SHOWN = 2_000, 300  # characters of Numba's message
# How Numba writes a type, and how a person would write it.
TYPES = {
    r"Literal\[int\]\(-?\d+\)": "int64",
    r"Literal\[bool\]\(\w+\)": "bool",
    r"\barray\((\w+), (\d)d, \w\)": r"a \2-D array of \1",
    r"\bUniTuple\((\w+) x (\d+)\)": r"a tuple of \2 \1",
    r"\bTuple\(([^()]*)\)": r"a tuple of (\1)",
    r"\bnone\b": "None",
}
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
             "and_": "&", "or_": "|", "xor": "^", "invert": "~", "lshift": "<<", "rshift": ">>", "not_": "not",
             "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}  # fmt: skip
# What Numba says about a file that is within the language, and what that means. The first that fits counts.
MEANINGS = {
    r"Cannot unify (.+) and (.+) for '(\w+)": r"\3 is \1 in one place and \2 in another: in a kernel, a variable keeps its "
    "type.",
    r"Can't unify return type": "a function must return the same type everywhere.",
    r"Variable '(\w+)' is not defined": r"\1 is used before it has a value.",
    r"Unsupported array index type (\w+)": r"an index must be an integer, not \1; // divides integers, / makes a float.",
    r"cannot index (.+) with (\d+) indices": r"\1 cannot have \2 indices: it needs one for each axis.",
    r"indexing (\d)-D array with (\d)-D": r"a \2-D index does not fit a \1-D array.",
    r"setitem\((?:Uni)?Tuple": "a tuple cannot be changed; cuda.local.array can.",
    r"setitem\(array\((\w+), \dd, \w\), .+?, ((?:array|Tuple|UniTuple)\(.*\)|\w+)\)$": r"an element, \1, cannot become \2.",
    r"getitem\((\w+(?:\[int\]\(\d+\))?), ": r"\1 has no elements.",
    r"getitem\(Tuple": "the items of this tuple differ in type, so its index must be a number in the code.",
    r"tuple index out of range": "a tuple, such as a shape, has no item of this number.",
    r"expected (\d+), got (\d+)": r"a tuple of \2 cannot be assigned to \1 names.",
    r"failed to unpack (.+)": r"one value, \1, cannot be assigned to several names.",
    r"found for bool\((array\(.*?\))\)": r"a condition cannot be \1.",
    r"(?:Casting|Cannot cast) (.+?) to (\w+)": r"\1 cannot become \2.",
    r"'\w+' object has no attribute 'dtype'": "the functions of cuda.atomic take an array, an index and a value.",
    r"array_allocate|ufunc": "arrays cannot be computed as a whole: compute their elements.",
    r"array length <= 0": "an array must have elements.",
    r"too much shared data \((\w+) bytes, (\w+) max\)": r"a block's shared arrays take \1 bytes, but \2 is the most.",
    r"ERROR_INVALID_IR": "NVIDIA's compiler says that the types of a call do not match.",
}


def explained(error: Exception, file: str) -> dict[str, Any]:
    """Return {"error": what a failed compilation means, "line": of the file, 0 if unknown, "numba": what it said}."""
    said = re.sub(r"(?m)^Failed in .* pipeline .*\n", "", str(error))
    essence, line = _essence(said)[:MOST_READ], _line(error, said, file)
    where = f"line {line}" if line else "this kernel"
    return {"error": f"Numba cannot compile {where}: {_meaning(essence)}", "line": line, "numba": essence[:MOST_SHOWN]}


def _essence(said: str) -> str:
    """Return the one line of Numba's message that matters."""
    missing = re.search(r"No implementation of function Function\((.+)\) found for signature:\s*>>> .+?(\(.*)", said)
    if not missing:
        first = next(filter(None, map(str.strip, said.splitlines())), "")
        return re.sub(r"'_Z\w+'", "of the kernel", first)  # how the compiler calls it
    function = re.sub(r"<(?:[a-z-]+ )+'?(?:numba\.cuda\.stubs\.)?|'?>$| at .*", "", missing[1])
    reason = re.search(r"raised a specific error:\s*(.+)", said)
    return f"No implementation found for {function}{missing[2]}" + (f": {reason[1]}" if reason else "")


def _meaning(essence: str) -> str:
    """Return the end of a sentence: what Numba's line means."""
    for pattern, meaning in MEANINGS.items():
        if found := re.search(pattern, essence):
            return _in_words(found.expand(meaning))
    if found := re.fullmatch(r"No implementation found for ([\w.]+)\((.*?)\)(?:: .*)?", essence):
        function, operands = found[1], _in_words(found[2])
        if function in OPERATORS:
            return f"{OPERATORS[function]} cannot be applied to {operands.replace(', ', ' and ')}."
        return f"{function} does not take {operands}."
    return f'it says "{essence[:MOST_SHOWN]}".'


def _in_words(text: str) -> str:
    for pattern, words in TYPES.items():
        text = re.sub(pattern, words, text)
    return re.sub(r"\b0x[0-9a-f]+\b", lambda number: f"{int(number[0], 16):,}", text)


def _line(error: Exception, said: str, file: str) -> int:
    """Return the line of the file that Numba had reached: the first in its message, else the last in its own frames."""
    if found := re.search(rf"{re.escape(file)}(?:\", line | \()(\d+)", said):
        return int(found[1])
    line = 0
    for frame, _ in traceback.walk_tb(error.__traceback__):
        place: Any = getattr(frame.f_locals.get("self"), "loc", None)  # of what Numba types, or lowers
        if getattr(place, "filename", None) == file:
            line = place.line
    return line
