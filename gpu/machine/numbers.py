"""Numbers as Numba computes with them, for one thread or for many at once.

A number is a NumPy scalar where all threads have the same, else an array with one for each thread. Integers are computed
in 64 bits: signed, unless both are unsigned. float32 with an integer of 32 or 64 bits gives float64, and so does a literal
such as 0.5: https://numba.readthedocs.io/en/stable/proposals/integer-typing.html
"""

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

Number = Any  # a NumPy scalar, or an array of one for each thread
Operation = Callable[..., Number]
BOOL, INT, UNSIGNED, SINGLE, DOUBLE = map(np.dtype[Any], ("bool", "int64", "uint64", "float32", "float64"))
BITS = 64  # of the widest integer
COMPUTED_IN = (INT, SINGLE, DOUBLE)  # two numbers of one of these types need no conversion


@dataclass(frozen=True)
class Type:
    """A type of numbers; called, it converts to it."""

    dtype: np.dtype[Any]


def is_number(value: object) -> TypeGuard[Number]:
    """Return whether a value is a number, or one for each thread."""
    return isinstance(value, (np.generic, np.ndarray))


def is_integer(value: Number) -> bool:
    """Return whether a number is an integer or a truth value."""
    return value.dtype.kind in "iub"


def literal(value: bool | int | float) -> np.generic:
    """Return a number of the source, as the type that Numba gives it; raises OverflowError beyond 64 bits."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, int):
        return np.int64(value) if value < 2**63 else np.uint64(value)
    return np.float64(value)


def common(left: np.dtype[Any], right: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in which Numba adds numbers of two types."""
    if left.kind in "iub" and right.kind in "iub":
        return UNSIGNED if left.kind == right.kind == "u" else INT
    return np.result_type(left, right)


def _alike(left: Number, right: Number) -> tuple[Number, Number]:
    if left.dtype is right.dtype and left.dtype in COMPUTED_IN:
        return left, right
    dtype = common(left.dtype, right.dtype)
    return left.astype(dtype, copy=False), right.astype(dtype, copy=False)


def _arithmetic(operation: Operation) -> Callable[[Number, Number], Number]:
    return lambda left, right: operation(*_alike(left, right))


def _divided(left: Number, right: Number) -> Number:
    if is_integer(left) and is_integer(right):
        return np.true_divide(left.astype(DOUBLE), right.astype(DOUBLE))
    return np.true_divide(*_alike(left, right))


def _power(left: Number, right: Number) -> Number:
    if left.dtype.kind == "f" and is_integer(right):  # the only place where an integer does not make float32 wider
        return np.power(left, right.astype(left.dtype))
    left, right = _alike(left, right)
    if right.dtype.kind != "i":
        return np.power(left, right)
    cut_off = np.where(np.abs(left) == 1, left ** (right & 1), 0)  # 1 / left to the power of -right, as an integer
    return np.where(right < 0, cut_off, np.power(left, np.maximum(right, 0)))[()]


def _of_bits(operation: Operation, in_truth_values: bool) -> Callable[[Number, Number], Number]:
    def compute(left: Number, right: Number) -> Number:
        if not (is_integer(left) and is_integer(right)):
            raise TypeError("bits are those of integers, but one of the two is a float")
        if in_truth_values and left.dtype == right.dtype == BOOL:
            return operation(left, right)
        return operation(*_alike(left, right))

    return compute


def _shift(operation: Operation) -> Callable[[Number, Number], Number]:
    def compute(left: Number, right: Number) -> Number:
        if not (is_integer(left) and is_integer(right)):
            raise TypeError("only integers can be shifted, but one of the two is a float")
        dtype = UNSIGNED if left.dtype.kind == "u" else INT
        return operation(left.astype(dtype, copy=False), right.astype(dtype))

    return compute


BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: _arithmetic(np.add),
    ast.Sub: _arithmetic(np.subtract),
    ast.Mult: _arithmetic(np.multiply),
    ast.Div: _divided,
    ast.FloorDiv: _arithmetic(np.floor_divide),
    ast.Mod: _arithmetic(np.remainder),
    ast.Pow: _power,
    ast.BitAnd: _of_bits(np.bitwise_and, in_truth_values=True),
    ast.BitOr: _of_bits(np.bitwise_or, in_truth_values=True),
    ast.BitXor: _of_bits(np.bitwise_xor, in_truth_values=True),
    ast.LShift: _shift(np.left_shift),
    ast.RShift: _shift(np.right_shift),
}


def _compared(operation: Operation) -> Callable[[Number, Number], Number]:
    def compare(left: Number, right: Number) -> Number:
        if left.dtype is not right.dtype:
            dtype = np.result_type(left, right)
            left, right = left.astype(dtype), right.astype(dtype)
        return operation(left, right)

    return compare


COMPARED: dict[type[ast.cmpop], Callable[[Number, Number], Number]] = {
    ast.Lt: _compared(np.less),
    ast.LtE: _compared(np.less_equal),
    ast.Gt: _compared(np.greater),
    ast.GtE: _compared(np.greater_equal),
    ast.Eq: _compared(np.equal),
    ast.NotEq: _compared(np.not_equal),
}


def widened(value: Number) -> Number:
    """Return a number in the type in which Numba computes with it alone, as in -x."""
    if value.dtype.kind in "ib":
        return value.astype(INT, copy=False)
    return value.astype(UNSIGNED, copy=False) if value.dtype.kind == "u" else value


def negative(value: Number) -> Number:
    """Return -value, of an integer in its own bits: -uint32(1) is 4294967295, in 64 bits too."""
    return np.negative(widened(value)) if value.dtype == BOOL else widened(np.negative(value))


def inverted(value: Number) -> Number:
    """Return ~value."""
    if not is_integer(value):
        raise TypeError("bits are those of integers, but this is a float")
    inverted = np.invert(value)
    return inverted if value.dtype == BOOL else widened(inverted)


def truth(value: Number) -> Number:
    """Return whether a number counts as true."""
    return value if value.dtype is BOOL else value != 0


UNARY: dict[type[ast.unaryop], Callable[[Number], Number]] = {
    ast.UAdd: widened,
    ast.USub: negative,
    ast.Invert: inverted,
    ast.Not: lambda value: np.logical_not(truth(value)),
}


def largest(left: Number, right: Number) -> Number:
    """Return max(left, right) as a GPU computes it: of a NaN and a number, the number (fmax)."""
    return _one_of(np.fmax, left, right)


def smallest(left: Number, right: Number) -> Number:
    """Return min(left, right) as a GPU computes it: of a NaN and a number, the number (fmin)."""
    return _one_of(np.fmin, left, right)


def _one_of(operation: Operation, left: Number, right: Number) -> Number:
    dtype = np.result_type(left, right)
    return operation(left.astype(dtype, copy=False), right.astype(dtype, copy=False))


def as_int(value: Number) -> Number:
    """Return int(value): towards 0."""
    return value if value.dtype.kind in "iu" else value.astype(INT)


def as_float(value: Number) -> Number:
    """Return float(value): float32 stays as it is."""
    return value if value.dtype.kind == "f" else value.astype(DOUBLE)


def absolute(value: Number) -> Number:
    """Return abs(value)."""
    return np.abs(value) if value.dtype.kind != "b" else value.astype(INT)


def rounded(value: Number) -> Number:
    """Return round(value), an integer: halves go to the even neighbour."""
    return np.rint(value).astype(INT) if value.dtype.kind == "f" else widened(value)


def _in_floats(operation: Operation) -> Callable[..., Number]:
    """Return a function of the module math: of integers in float64, of floats in their own type."""

    def compute(*values: Number) -> Number:
        dtype = np.result_type(*(value.dtype for value in values))
        return operation(*(value.astype(dtype if dtype.kind == "f" else DOUBLE, copy=False) for value in values))

    return compute


MATH: dict[str, Callable[..., Number]] = {
    **{
        name: _in_floats(getattr(np, name))
        for name in ("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh",
                     "hypot", "copysign", "fmod", "isnan", "isinf", "isfinite", "fabs",
                     "floor", "ceil", "trunc")  # the last three give floats, unlike Python's
    },
    "asin": _in_floats(np.arcsin),
    "acos": _in_floats(np.arccos),
    "atan": _in_floats(np.arctan),
    "atan2": _in_floats(np.arctan2),
    "pow": _in_floats(np.power),
}  # fmt: skip
CONSTANTS = {name: np.float64(getattr(math, name)) for name in ("pi", "e", "tau", "inf", "nan")}
TYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64")


def fused(a: Number, b: Number, c: Number) -> Number:
    """Return a * b + c, rounded once, but for a last bit now and then."""
    dtype = np.result_type(*map(as_float, (a, b, c)))
    if dtype == SINGLE:
        return (a.astype(DOUBLE) * b.astype(DOUBLE) + c.astype(DOUBLE)).astype(SINGLE)
    return a.astype(dtype) * b.astype(dtype) + c.astype(dtype)
