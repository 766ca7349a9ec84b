"""The ways to pool, in one table: whatever speaks of a mode takes from it what it can.

What no table can hold, a kernel and a gradient, each backend has for itself. One that has none for a mode raises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Pooling:
    """A way to reduce a window to one number."""

    called: str  # in a sentence: the maximum
    reduce: Callable[..., Any]  # NumPy's reduction of an array by `axis`: it says what the mode means
    exact: bool  # whether every right method returns the same bits; where not, they differ by rounding


POOLINGS: dict[str, Pooling] = {
    "max": Pooling("maximum", np.max, exact=True),
    "min": Pooling("minimum", np.min, exact=True),
    "average": Pooling("average", np.mean, exact=False),
    "median": Pooling("median", np.median, exact=True),
}
MODES = tuple(POOLINGS)

MISFIT = (
    "indices must be those of pool2d_with_indices for the same images, size, stride and mode: one is outside its window"
)


def cannot_pool(backend: str, mode: str) -> NotImplementedError:
    """Return the error of a backend that has no kernel for a mode."""
    return NotImplementedError(f'backend "{backend}" cannot pool by "{mode}"')


def cannot_differentiate(backend: str, mode: str) -> NotImplementedError:
    """Return the error of a backend that has no gradient for a mode."""
    return NotImplementedError(f'backend "{backend}" cannot compute the gradient of pooling by "{mode}"')
