"""Hints for calls that raised one of Python's own errors: what it usually means."""

import re
from collections.abc import Callable
from re import Match

import numpy as np

from autograder.cases import Case

INTEGERS = "Sizes and positions are integers: divide with // rather than /."
MOST_NAMED = 2  # arguments of a call: with more, nobody knows which one is meant
PRODUCT = "np.dot and @ multiply arrays as matrices. To multiply element by element, use *."
IMPORTS = {"np": "import numpy as np"} | {name: f"import {name}" for name in ("numpy", "math", "itertools", "functools")}


def hint(sentence: str, case: Case) -> str | None:
    """Return what a sentence about an exception means for a call, if that is certain."""
    for pattern, meaning in _MEANINGS:
        if found := re.search(pattern, sentence):
            return meaning(found, case) if callable(meaning) else meaning
    return None


def _tuple_for_number(found: Match[str], case: Case) -> str | None:
    given = _named(case, lambda value: isinstance(value, tuple))
    return f"A tuple is used like a number. Here, {given}: unpack tuples before you compute with them." if given else None


def _number_for_tuple(found: Match[str], case: Case) -> str | None:
    given = _named(case, lambda value: hasattr(value, "__index__") and not isinstance(value, (bool, np.ndarray)))
    test = ", which is not an int: check for a tuple instead, isinstance(value, tuple)" if "numpy" in found[0] else ""
    return f"A number is used like a tuple. Here, {given}{test}." if given else None


def _none(found: Match[str], case: Case) -> str:
    given = _named(case, lambda value: value is None)
    if not given:
        return "Something is None here: an option that the call omits, or the result of a function without a return."
    return f"Here, {given}: check for `is None` before you compute with it."


def _shapes(found: Match[str], case: Case) -> str | None:
    """Say which common mistake leads to two shapes that don't fit together."""
    one, other = (tuple(map(int, re.findall(r"\d+", shape))) for shape in found.groups())
    short, long = sorted((one, other), key=len)
    if (
        len(short) < len(long) and short[0] in long[:-1] and set(short[1:]) <= {1}
    ):  # a vector, perhaps with axes of length 1
        axis = long.index(short[0])
        behind = ", ".join([":", *["None"] * (len(long) - 1 - axis)])
        return f"NumPy aligns shapes at their ends. Write [{behind}] after the vector to align it with axis {axis}."
    if len(one) != len(other):
        return None
    if one == other[::-1]:
        return f"One array has the shape {one}, the other {other}: are rows and columns swapped?"
    if all(a <= b for a, b in zip(one, other)) or all(a >= b for a, b in zip(one, other)):
        given = (value for value in (*case.arguments, *case.options.values()) if isinstance(value, np.ndarray))
        if {one, other} <= {value.shape[-len(one) :] for value in given}:
            return (
                f"One array has the shape {one}, the other {other}, like the call's own arrays: cut a window out of "
                "the larger one, with the shape of the smaller one."
            )
        return (
            f"One array has the shape {one}, the other {other}. A slice past the edge comes out smaller: where do "
            "your windows begin and end, vertically and horizontally?"
        )
    return f"One array has the shape {one}, the other {other}: is a height used for a width?"


def _place(found: Match[str], case: Case) -> str:
    return f"An array with shape {found[1]} is assigned where {found[2]} fits: is a sum missing, or a size wrong?"


def _index(found: Match[str], case: Case) -> str:
    last = int(found[2]) - 1
    return f"The last index of this axis is {last}: where does the loop end, and are height and width mixed up?"


def _name(found: Match[str], case: Case) -> str:
    if found[1] in IMPORTS:
        return f"Write `{IMPORTS[found[1]]}` at the top of the file."
    return f"Nothing is called {found[1]}: is it misspelt, or defined elsewhere?"


def _named(case: Case, matches: Callable[[object], bool]) -> str:
    """Return the arguments of a call whose values match: "argument number 3 is (3, 5) and padding is (1, 2)"."""
    given = {f"argument number {position}": value for position, value in enumerate(case.arguments, start=1)} | case.options
    found = [f"{name} is {value!r}" for name, value in given.items() if matches(value)]
    return " and ".join(found) if len(found) <= MOST_NAMED else ""


_SHAPE = r"(\([\d, ]+\))"
_MEANINGS: list[tuple[str, str | Callable[[Match[str], Case], str | None]]] = [
    (r"shapes \([\d, ]+\) and \([\d, ]+\) not aligned|matmul: .*mismatch", PRODUCT),
    (rf"operands could not be broadcast together with shapes {_SHAPE} {_SHAPE}", _shapes),
    (rf"could not broadcast input array from shape {_SHAPE} into shape {_SHAPE}", _place),
    (r"index (\d+) is out of bounds for axis \d+ with size (\d+)", _index),
    (r"'(?:tuple|list)' object cannot be interpreted as an integer", _tuple_for_number),
    (r"(?:unsupported operand|can only concatenate|can't multiply|not supported between).*tuple", _tuple_for_number),
    (r"cannot unpack non-iterable (?:int|numpy\.\w+) object", _number_for_tuple),
    (r"'(?:numpy\.\w+|int)' object is not (?:subscriptable|iterable)", _number_for_tuple),
    (r"'NoneType'", _none),
    (r"truth value of an array",
     "`if array:` asks one question about many numbers. For an optional argument, write `is not None`."),
    (r"KeyError: ('\w+')$", lambda found, case: f"A dict lacks the key {found[1]} here: .get can supply a default."),
    (r"'(?:float|numpy\.float64)' object cannot be interpreted as an integer", INTEGERS),
    (r"slice indices must be integers|only integers, slices .* are valid indices", INTEGERS),
    (r"negative dimensions are not allowed", "A size came out negative: work its formula out by hand for this call."),
    (r"setting an array element with a sequence", "A whole array is where a single number belongs: is a sum missing?"),
    (r"only (?:length-1|0-dimensional|integer scalar) arrays can be converted",
     "A whole array is where a single number belongs."),
    (r"zero-size array to reduction", "An array came out empty: where does its slice begin, and where does it end?"),
    (r"(?:access|UnboundLocalError:) local variable '(\w+)'",  # of Python from 3.11 on, and before
     lambda found, case: f"{found[1]} gets its value further down, or in a branch that this call does not take."),
    (r"NameError: name '(?:exit|quit)' is not defined", "That would end the program. Return an answer instead."),
    (r"NameError: name '(\w+)' is not defined", _name),
    (r"Cannot cast ufunc .* from dtype\('float64'\) to dtype\('u?int\d+'\)",
     "An array of integers holds no decimals: convert it to floats first, with astype(float)."),
]  # fmt: skip
