"""Pooling: one thread per output, its window in registers.

Idea: a kernel is compiled for one size of window, so that all loops over it unroll, all its loads are under way at once,
and no place in it is computed. Where window, stride and image are even in width, neighbours come in pairs, by one load of
64 bits. The median selects by forgetting: of any n / 2 + 2 values, the smallest and the largest cannot be in the middle.

Traffic: each pixel read once where windows do not overlap, each output written once: 20 bytes for each output of a 2 x 2
window of float32. Threads of a warp read neighbouring windows: every byte that memory delivers is used.
Limit: the memory's bandwidth. Arithmetic matters for the median alone, from about 5 x 5 on.
"""

from collections.abc import Callable
from math import inf

import numpy as np
from numba import uint32, uint64

from kernels.cuda.device import cuda
from kernels.cuda.grids import fit, here, is_inside
from kernels.cuda.limits import within_limits
from kernels.cuda.transfer import address, through_gpu
from kernels.cuda.types import Kernel, cache
from kernels.modes import cannot_pool
from kernels.types import Floats, Integers, Size

MOST_VALUES_SORTED = 32  # by one thread: more would not stay in registers


@through_gpu(outputs=1)
def pool2d(images: Floats, size: Size, stride: Size, mode: str, output: Floats) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    batch, channels, height, width = images.shape
    planes = images.reshape((batch * channels, height, width))
    pooled = output.reshape((batch * channels, output.shape[2], output.shape[3]))
    blocks, threads = fit(*pooled.shape)
    number, (down, right) = output.dtype.type, stride
    if mode == "median" and size[0] * size[1] > MOST_VALUES_SORTED:
        counted_median[within_limits(blocks, threads)](planes, *size, *stride, pooled)
        return
    lanes = values_per_load(images, size, stride)
    if lanes == 2:
        planes = planes.view(np.uint64)
    if mode == "median":
        kernel = sorted_median(size, number, lanes)
    elif mode in FOLDS:
        kernel = folded(mode, size, number, lanes)
    else:
        raise cannot_pool("cuda", mode)
    kernel[within_limits(blocks, threads)](planes, down, right // lanes, pooled)


@through_gpu(outputs=2)
def pool2d_with_indices(images: Floats, size: Size, stride: Size, mode: str, output: Floats, indices: Integers) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW), and the position of each value in its channel to indices."""
    batch, channels, height, width = images.shape
    planes = images.reshape((batch * channels, height, width))
    pooled, chosen = (array.reshape((batch * channels, *output.shape[2:])) for array in (output, indices))
    blocks, threads = fit(*pooled.shape)
    choosing(mode, size)[within_limits(blocks, threads)](planes, *stride, pooled, chosen)


def values_per_load(images: Floats, size: Size, stride: Size) -> int:
    """Return 2 where each row of each window is made of pairs of float32 that start at an even place in memory, else 1."""
    widths = (images.shape[3], size[1], stride[1])
    paired = images.dtype == np.float32 and not any(width % 2 for width in widths) and address(images) % 8 == 0
    return 2 if paired else 1


@cuda.jit(device=True)
def one(loaded: float) -> tuple[float]:
    """Return the values of one load: the one that it is."""
    return (loaded,)


@cuda.jit(device=True)
def both(loaded: int) -> tuple[float, float]:
    """Return the values of one load: two neighbours, the left one in the lower half."""
    return uint32(loaded & uint64(0xFFFFFFFF)).view(np.float32), uint32(loaded >> uint64(32)).view(np.float32)


@cuda.jit(device=True)
def larger(best: float, value: float) -> float:
    """Return the larger value, and NaN if one of them is."""
    return value if value > best or value != value else best


@cuda.jit(device=True)
def smaller(best: float, value: float) -> float:
    """Return the smaller value, and NaN if one of them is."""
    return value if value < best or value != value else best


@cuda.jit(device=True)
def plus(total: float, value: float) -> float:
    """Return the sum."""
    return total + value


# How two values become one, what to start from, and whether the result is divided by the number of values.
FOLDS = {"max": (larger, -inf, False), "min": (smaller, inf, False), "average": (plus, 0, True)}


@cache
def folded(mode: str, size: Size, number: type, lanes: int) -> Kernel[...]:
    """Compile max, min or average pooling for one size of window: values are folded into the result as they come."""
    fold, beginning, divided = FOLDS[mode]
    start, divisor = number(beginning), number(size[0] * size[1] if divided else 1)
    values = both if lanes == 2 else one
    height, loads = size[0], size[1] // lanes

    @cuda.jit
    def pool(planes: Floats, down: int, right: int, output: Floats) -> None:
        plane, row, column = here(output.shape[1])
        if not is_inside((plane, row, column), output.shape):
            return
        result = start
        for r in range(height):
            for s in range(loads):
                loaded = values(planes[plane, row * down + r, column * right + s])
                for lane in range(lanes):
                    result = fold(result, loaded[lane])
        output[plane, row, column] = result / divisor

    return pool


@cache
def choosing(mode: str, size: Size) -> Kernel[...]:
    """Compile max or min pooling for one size of window that remembers where each value was found: first, or first NaN."""
    fold, _, _ = FOLDS[mode]
    height, width = size

    @cuda.jit
    def pool(planes: Floats, down: int, right: int, output: Floats, indices: Integers) -> None:
        plane, row, column = here(output.shape[1])
        if not is_inside((plane, row, column), output.shape):
            return
        top, left = row * down, column * right
        best, place = planes[plane, top, left], 0
        for r in range(height):
            for s in range(width):
                if best == best:
                    folded = fold(best, planes[plane, top + r, left + s])
                    if folded != best:
                        best, place = folded, r * planes.shape[2] + s
        output[plane, row, column] = best
        indices[plane, row, column] = top * planes.shape[2] + left + place

    return pool


@cache
def sorted_median(size: Size, number: type, lanes: int) -> Kernel[...]:
    """Compile median pooling for one size of window, all of whose values fit into registers."""
    values = both if lanes == 2 else one
    height, loads, count = size[0], size[1] // lanes, size[0] * size[1]
    lower, upper = (count - 1) // 2, count // 2
    half = number(0.5)
    to_the_middle = forgetting(count)

    @cuda.jit
    def pool(planes: Floats, down: int, right: int, output: Floats) -> None:
        plane, row, column = here(output.shape[1])
        if not is_inside((plane, row, column), output.shape):
            return
        window = cuda.local.array(count, number)
        broken = number(0)
        for r in range(height):
            for s in range(loads):
                loaded = values(planes[plane, row * down + r, column * right + s])
                for lane in range(lanes):
                    window[(r * loads + s) * lanes + lane] = loaded[lane]
                    if loaded[lane] != loaded[lane]:
                        broken = loaded[lane]
        to_the_middle(window)
        middle = window[lower] if lower == upper else (window[lower] + window[upper]) * half
        output[plane, row, column] = broken if broken != broken else middle

    return pool


def forgetting(count: int, forgotten: int = 0) -> Callable[[Floats], None]:
    """Return a device function that brings the middle values of a window to the middle of the array, by selection.

    It holds count / 2 + 2 values, moves the smallest to the front and the largest to the end, forgets both, takes in a
    fresh one, and goes on with one value less in hand, until those are left that no smallest or largest remains to balance.
    Each round is a function of its own, with its bounds as constants: as one loop within another it would not unroll, and
    the window would lie in slow local memory.
    """
    first, last = forgotten, count // 2 + 1
    fresh = last + 1 + forgotten
    if fresh > count:
        return nothing_left
    onwards = forgetting(count, forgotten + 1)

    @cuda.jit(device=True)
    def forget(window: Floats) -> None:
        for place in range(first + 1, last + 1):
            window[first], window[place] = min(window[first], window[place]), max(window[first], window[place])
        for place in range(first + 1, last):
            window[place], window[last] = min(window[place], window[last]), max(window[place], window[last])
        if fresh < count:
            window[last] = window[fresh]
        onwards(window)

    return forget


@cuda.jit(device=True)
def nothing_left(window: Floats) -> None:
    """End the selection."""


@cuda.jit
def counted_median(planes: Floats, height: int, width: int, down: int, right: int, output: Floats) -> None:
    """Compute one median per thread, of a window too large for registers.

    A value belongs at place k of the sorted window when at most k are smaller and more than k are not larger: counting
    needs no memory, and reads the window once more for each of its values.
    """
    plane, row, column = here(output.shape[1])
    if not is_inside((plane, row, column), output.shape):
        return
    output[plane, row, column] = median(planes, plane, row * down, column * right, height, width)


@cuda.jit(device=True)
def median(planes: Floats, plane: int, top: int, left: int, height: int, width: int) -> float:
    """Return a window's middle value, or the mean of the two in the middle; NaN if it holds one."""
    upper_place = height * width // 2
    lower_place = (height * width - 1) // 2
    lower: float = planes[plane, top, left]
    upper: float = lower
    for row in range(top, top + height):
        for column in range(left, left + width):
            value: float = planes[plane, row, column]
            if value != value:
                return value
            smaller = 0
            not_larger = 0
            for other_row in range(top, top + height):
                for other_column in range(left, left + width):
                    other = planes[plane, other_row, other_column]
                    smaller += other < value
                    not_larger += other <= value
            if smaller <= lower_place < not_larger:
                lower = value
            if smaller <= upper_place < not_larger:
                upper = value
    return lower if lower_place == upper_place else (lower + upper) / 2
