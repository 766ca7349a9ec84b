"""Numbers as Python computes with them: in functions of the host and in constants, which no GPU ever sees.

Python's integers do not become floats because of other operands, and its math.ceil returns an integer, unlike a kernel's.
"""

import ast
import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

from gpu.machine.numbers import BITS, Number, literal

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
TOO_LARGE = "an integer does not fit into 64 bits"


def binary(kind: type[ast.operator], left: Number, right: Number) -> Number:
    """Return left + right and the like. Raises what Python raises, and OverflowError for an integer beyond 64 bits."""
    one, other = left.item(), right.item()
    if kind in (ast.Pow, ast.LShift) and isinstance(one, int) and other > BITS and abs(one) > (kind is ast.Pow):
        raise OverflowError(TOO_LARGE)  # before it takes all memory
    return _number(BINARY[kind](one, other))


def call(name: str, *given: Number) -> Number:
    """Return what a function of Python's returns, by its name: "min" or "math.ceil". Raises the same."""
    module, _, member = name.rpartition(".")
    return _number(getattr(math if module else builtins, member)(*(value.item() for value in given)))


def _number(value: bool | int | float) -> Number:
    try:
        return literal(value)
    except OverflowError:
        raise OverflowError(TOO_LARGE) from None
