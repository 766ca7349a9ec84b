"""Numbers for cases: each kind is drawn so that mistakes show, whatever the seed."""

import numpy as np

# Of every size that NumPy has and every machine can compute with.
TYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64")
LARGEST = 2**28  # of integers: products of two, and their sums, still fit into 64 bits


def quarters(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw multiples of 1/4 from -9 to 9: a person can follow them, and sums and halves of them are exact."""
    return random.integers(-36, 37, shape) / 4


def whole(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw whole numbers from -9 to 9, as floats."""
    return random.integers(-9, 10, shape).astype(np.float64)


def reals(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw float32 numbers that use all their digits: half precision would show."""
    return random.normal(size=shape).astype(np.float32)


def of_type(random: np.random.Generator, dtype: str, *shape: int) -> np.ndarray:
    """Draw numbers far from 0, in what a type can hold: a sum or a product of two overflows it, or loses digits."""
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(dtype)
    if np.dtype(dtype).kind == "f":
        return (random.integers(-36, 37, shape) / 4).astype(dtype)
    largest = min(np.iinfo(dtype).max, LARGEST)
    signs = random.choice([-1, 1], shape) if np.dtype(dtype).kind == "i" else 1
    return (signs * random.integers(largest // 2 + 1, largest, shape, endpoint=True)).astype(dtype)
