"""Medians of many windows at once.

The windows are listed in a small table that stays in the first-level cache: a line for each place of the window, a column
for each window. Then whole lines are compared and exchanged, as sorting a single window would exchange its values, and the
compiler makes vectors of that. A NaN turns both values of an exchange into NaN, and so it reaches the median.
"""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.lines import copy_lines
from kernels.types import Floats, Integers, Size

TABLE_VALUES = 4096


@inner
def medians(pixels: Floats, corners: Integers, pitch: int, size: Size, step: int, result: Floats, columns: int) -> None:
    """Write the medians of `columns` neighbouring windows from each corner on, an index of pixels."""
    places, no_padding = size[0] * size[1], result.dtype.type(0)
    at_once = max(1, TABLE_VALUES // (places * columns))
    space = np.empty(places * min(at_once, len(corners)) * columns, result.dtype)
    for first in range(0, len(corners), at_once):
        some = corners[first : first + at_once]
        table = space[: places * len(some) * columns].reshape(places, len(some) * columns)
        for r in range(size[0]):
            for s in range(size[1]):
                line = table[r * size[1] + s]
                for row in range(len(some)):
                    at = some[row] + r * pitch + s
                    copy_lines(line, row * columns, 1, columns, pixels, at, 0, step, 0, 1, 0, columns, no_padding, 0)
        _sort_to_the_middle(table, result[first * columns : first * columns + table.shape[1]])


@inner(forceinline=True)
def _larger(a: float, b: float) -> float:
    return a if a > b or a != a else b  # NaN if one of them is: a comparison with NaN is false


@inner(forceinline=True)
def _smaller(a: float, b: float) -> float:
    return a if a < b or a != a else b


@inner
def _sort_to_the_middle(windows: Floats, result: Floats) -> None:
    """Sort lines of values up to the middle, by exchanging two values where the later one is smaller."""
    middle = len(windows) // 2
    for place in range(middle + 1):
        low = windows[place]
        for later in range(place + 1, len(windows)):
            high = windows[later]
            for i in range(len(result)):
                low[i], high[i] = _smaller(low[i], high[i]), _larger(low[i], high[i])
    lower, upper = windows[(len(windows) - 1) // 2], windows[middle]
    half = result.dtype.type(0.5)
    for i in range(len(result)):
        result[i] = upper[i] if len(windows) % 2 else (lower[i] + upper[i]) * half
