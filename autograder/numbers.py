"""Numbers for cases: each kind is drawn so that mistakes show, whatever the seed.

Each array has its own seed, so that students can draw it again from what a failure shows.
"""

import functools
import hashlib
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]  # of any type

SEEDS = 1_000_000  # short enough for a line of a failure
DRAWS_WITH = "default_rng"  # what expressions use besides np

# All sizes that NumPy has and that every machine supports.
TYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")
MOST_KEPT = 200  # arrays
MOST_BITS = 28  # of integers: products of two, and their sums, still fit into 64 bits

_NAMES = {"np": np, DRAWS_WITH: np.random.default_rng}
_drawn: dict[int, str] = {}  # the expressions that drew the arrays that are still alive, by their ids


def quarters(random: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    """Draw multiples of 1/4 from -9 to 9: easy to follow by hand, with exact sums and halves."""
    return _by(f"{_generator(random)}.integers(-36, 37, {_plain(shape)}) / 4")


def whole(random: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    """Draw whole numbers from -9 to 9, as floats."""
    return _by(f"{_generator(random)}.integers(-9, 10, {_plain(shape)}).astype(float)")


def reals(random: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    """Draw float32 numbers that use all their digits, so that half precision shows."""
    return _by(f"{_generator(random)}.normal(size={_plain(shape)}).astype(np.float32)")


def of_type(random: np.random.Generator, dtype: str, *shape: int) -> AnyArray:
    """Draw numbers of a type, far from 0: the sum or the product of two overflows the type, or loses digits."""
    shape = _plain(shape)
    if dtype == "bool":
        return _by(f"{_generator(random)}.integers(0, 2, {shape}, bool)")
    if np.dtype(dtype).kind == "f":
        return _by(f"({_generator(random)}.integers(-36, 37, {shape})\n / 4).astype(np.{dtype})")
    bits = min(np.iinfo(dtype).max.bit_length(), MOST_BITS)
    numbers = f"{_generator(random)}.integers(2**{bits - 1}, 2**{bits}, {shape}, np.{dtype})"
    if np.dtype(dtype).kind == "i":
        return _by(f"({numbers}\n * {_generator(random)}.choice([-1, 1], {shape})).astype(np.{dtype})")
    return _by(numbers)


def drawn_by(array: AnyArray) -> str | None:
    """Return an expression that draws an array again; None if it was not drawn here, or has changed since."""
    expression = _drawn.get(id(array))
    return expression if expression and np.array_equal(_evaluated(expression), array) else None


def _by(expression: str) -> AnyArray:
    """Draw an array with an expression, and remember that: students read exactly what was drawn."""
    array = _evaluated(expression)
    if isinstance(array, np.ndarray):  # an empty shape gives a single number
        array = array.copy()  # a check may change it
        _drawn[id(array)] = expression
        weakref.finalize(array, _drawn.pop, id(array))
    return array


@functools.lru_cache(MOST_KEPT)
def _evaluated(expression: str) -> AnyArray:
    """Return what an expression draws. Each submission of a class gets the same numbers."""
    array: AnyArray = eval(expression, _NAMES)
    return array


def _generator(random: np.random.Generator) -> str:
    """Return a generator with its own seed, as an expression. The seed does not reveal the state of `random`."""
    digest = hashlib.sha256(random.bytes(16)).digest()
    return f"{DRAWS_WITH}({int.from_bytes(digest[:8], 'big') % SEEDS})"


def _plain(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int, shape))
