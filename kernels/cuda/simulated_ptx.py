"""What Numba's simulator runs for the instructions of ptx.py: the same meaning, as strict as a GPU may be.

A copy may arrive at any time between its start and the wait for it. So its target holds NaN until then: a thread
that reads too early, or overwrites what a neighbour still needs, spoils the result.
"""

from threading import local
from typing import Any

import numpy as np

from kernels.types import Floats

Place = tuple[int | np.integer[Any], ...]


class Copies(local):
    """The copies that the thread which asks has started: where they go, and what."""

    def __init__(self) -> None:
        self.started: list[tuple[Floats, Place, float]] = []


copies = Copies()


def copy4(target: Floats, at: Place, source: Floats, start: int, inside: bool) -> None:
    """Start a copy of source[start] to target[at]; of 0 where not inside."""
    _start(target, at, source[start] if inside else 0)


def copy16(target: Floats, at: Place, source: Floats, start: int) -> None:
    """Start a copy of four numbers of 4 bytes, from source[start] on to target[at] on."""
    first = np.ravel_multi_index(at, target.shape)
    if first % 4 or start % 4:
        raise ValueError(f"a copy of 16 bytes goes from one multiple of 16 bytes to another, not from {start} to {first}")
    for i in range(4):
        _start(target, np.unravel_index(first + i, target.shape), source[start + i])


def wait() -> None:
    """Let all copies of this thread arrive."""
    for target, at, value in copies.started:
        target[at] = value
    copies.started.clear()


def _start(target: Floats, at: Place, value: float) -> None:
    target[at] = np.nan
    copies.started.append((target, at, value))
