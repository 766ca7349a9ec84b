"""The tensor core's instruction in NumPy, for Numba's simulator and for anyone who wants to know how it rounds.

Products are exact. They and what they are added to are cut off behind the same bit, the 24th behind the first one of the
largest, or the 25th on Hopper; their sum is cut off to a float32. Nothing is rounded to nearest. Ampere adds four products
at a time. Source: Xie et al. 2025, "MMA-Sim: Bit-Accurate Reference Model of Tensor Cores and Matrix Cores",
https://arxiv.org/abs/2511.10909.
"""

import threading
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from kernels.types import Floats, Integers

WARP = 32
Lane = tuple[np.float32, ...]  # what one lane of a warp holds of a matrix
PATIENCE = 60  # seconds that a thread waits for the others of its warp
AMPERE, HOPPER = (24, 4), (25, 8)  # bits behind the first that are kept, products added at a time
TF32 = np.uint32(0xFFFFE000)  # the bits of a float32 that count
_GROUP, _MEMBER = np.divmod(np.arange(WARP)[:, None], 4)
_OF_A = _GROUP + np.array([0, 8, 0, 8]), _MEMBER + np.array([0, 0, 4, 4])  # rows and columns of a lane's elements
_OF_B = _MEMBER + np.array([0, 4]), _GROUP + np.array([0, 0])
_OF_C = _GROUP + np.array([0, 0, 8, 8]), 2 * _MEMBER + np.array([0, 1, 0, 1])


def multiply_add(a: Floats, b: Floats, c: Floats, kept: tuple[int, int] = AMPERE) -> Floats:
    """Return A B + C, float32: (..., 16, 8) by (..., 8, 8) plus (..., 16, 8), as a tensor core rounds it."""
    bits, at_once = kept
    a, b = ((each.view(np.uint32) & TF32).view(np.float32).astype(float) for each in (a, b))
    for first in range(0, a.shape[-1], at_once):
        left = a[..., :, None, first : first + at_once]
        right = np.swapaxes(b, -1, -2)[..., None, :, first : first + at_once]
        largest = np.concatenate([_exponent(left) + _exponent(right), _exponent(c[..., None])], axis=-1).max(-1)
        unit = np.ldexp(1.0, largest - bits)
        with np.errstate(invalid="ignore"):  # infinity times zero, infinity minus infinity
            addends = np.concatenate([left * right, c[..., None].astype(float)], axis=-1)
            plain = addends.sum(-1)
            cut_off = np.trunc(addends / unit[..., None]).sum(-1) * unit
        c = _toward_zero(np.where(np.isfinite(plain), cut_off, plain))
    return c


def _exponent(values: Floats) -> Integers:
    """Return the exponents of float32 values as they are stored: those of zero and of subnormal numbers are -126."""
    return np.where(values == 0, -126, np.maximum(np.frexp(values)[1] - 1, -126))


def _toward_zero(values: Floats) -> Floats:
    """Return float64 values as float32, what does not fit cut off."""
    with np.errstate(over="ignore"):
        return (values.view(np.int64) >> 29 << 29).view(float).astype(np.float32)


def of_warps(a: Floats, b: Floats, c: Floats, kept: tuple[int, int] = AMPERE) -> Floats:
    """Return what each lane of a warp gets of A B + C. Its parts: (..., 32, 4), (..., 32, 2), (..., 32, 4)."""
    matrices = []
    for parts, (rows, columns), shape in ((a, _OF_A, (16, 8)), (b, _OF_B, (8, 8)), (c, _OF_C, (16, 8))):
        matrix = np.empty((*parts.shape[:-2], *shape), np.float32)
        matrix[..., rows, columns] = parts
        matrices.append(matrix)
    rows, columns = _OF_C
    of_a, of_b, of_c = matrices
    return multiply_add(of_a, of_b, of_c, kept)[..., rows, columns]


class _Warp:
    """Where the threads of a warp meet: the last that comes computes for all."""

    def __init__(self) -> None:
        self.parts: list[Floats] = [np.zeros((WARP, count), np.float32) for count in (4, 2, 4)]
        self.result = self.parts[-1]
        self.barrier = threading.Barrier(WARP, self._compute)

    def _compute(self) -> None:
        a, b, c = self.parts
        self.result = of_warps(a, b, c)

    def mma(self, lane: int, *parts: Lane) -> Lane:
        for all_parts, own in zip(self.parts, parts):
            all_parts[lane] = own
        try:
            self.barrier.wait(PATIENCE)
        except threading.BrokenBarrierError:
            raise RuntimeError("mma is for whole warps, but a thread of this one ended, or waits elsewhere") from None
        return tuple(self.result[lane])


_warps: WeakKeyDictionary[object, dict[int, _Warp]] = (
    WeakKeyDictionary()
)  # of each block that runs, by what Numba's simulator manages it with
_lock = threading.Lock()


def mma(a: Lane, b: Lane, c: Lane) -> Lane:
    """Meet the other threads of the warp, and return this lane's part of A B + C."""
    thread: Any = threading.current_thread()  # of the operating system: Numba's simulator starts one for each of CUDA's
    number, lane = divmod(thread.thread_id, WARP)
    with _lock:
        warp = _warps.setdefault(thread._manager, {}).setdefault(number, _Warp())
    return warp.mma(lane, a, b, c)
