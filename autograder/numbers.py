"""Numbers for cases: each kind is drawn so that mistakes show, whatever the seed.

Each array is drawn from a seed of its own, so that a student can draw it again from what a failure shows.
"""

import hashlib
import weakref

import numpy as np

SEEDS = 1_000_000  # as short as a line of a failure can hold
DRAWS_WITH = "default_rng"  # what expressions call, besides np

# Of every size that NumPy has and every machine can compute with.
TYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")
MOST_BITS = 28  # of integers: products of two, and their sums, still fit into 64 bits


_NAMES = {"np": np, DRAWS_WITH: np.random.default_rng}
_drawn: dict[int, str] = {}  # by which expressions living arrays were drawn, by their ids


def quarters(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw multiples of 1/4 from -9 to 9: a person can follow them, and sums and halves of them are exact."""
    return _by(f"{_generator(random)}.integers(-36, 37, {_plain(shape)}) / 4")


def whole(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw whole numbers from -9 to 9, as floats."""
    return _by(f"{_generator(random)}.integers(-9, 10, {_plain(shape)}).astype(float)")


def reals(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw float32 numbers that use all their digits: half precision would show."""
    return _by(f"{_generator(random)}.normal(size={_plain(shape)}).astype(np.float32)")


def of_type(random: np.random.Generator, dtype: str, *shape: int) -> np.ndarray:
    """Draw numbers far from 0, in what a type can hold: a sum or a product of two overflows it, or loses digits."""
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


def drawn_by(array: np.ndarray) -> str | None:
    """Return an expression that draws an array again; None if it was not drawn here, or was changed."""
    expression = _drawn.get(id(array))
    return expression if expression and np.array_equal(eval(expression, _NAMES), array) else None


def _by(expression: str) -> np.ndarray:
    """Draw an array by an expression, and remember that: what a student reads is what was drawn."""
    array = eval(expression, _NAMES)
    if isinstance(array, np.ndarray):  # no shape makes a single number
        _drawn[id(array)] = expression
        weakref.finalize(array, _drawn.pop, id(array))
    return array


def _generator(random: np.random.Generator) -> str:
    """Return a generator with a seed of its own as an expression. The seed does not give away the state of `random`."""
    digest = hashlib.sha256(random.bytes(16)).digest()
    return f"{DRAWS_WITH}({int.from_bytes(digest[:8], 'big') % SEEDS})"


def _plain(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int, shape))
