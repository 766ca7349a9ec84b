"""Pooling on the CPU: many windows at once, one in each lane of a vector."""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.extremes import find_largest, find_smallest
from kernels.cpu.medians import medians
from kernels.cpu.shares import in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.windows import average, largest, smallest
from kernels.modes import cannot_pool
from kernels.types import Floats, Integers, Size

SIGNS = {"max": 1, "min": -1}  # the smallest value is the largest of the negated ones
WORTH_THREADS = 30_000  # values of windows: with fewer, a second thread saves no time


def pool2d(images: Floats, size: Size, stride: Size, mode: str, output: Floats) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    if mode not in POOLS:
        raise cannot_pool("cpu", mode)
    shares = shares_of(output.size * size[0] * size[1], WORTH_THREADS)
    POOLS[mode](images, *size, *stride, output, shares)


def pool2d_with_indices(images: Floats, size: Size, stride: Size, mode: str, output: Floats, indices: Integers) -> None:
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW), and the index in its plane of what was chosen to indices."""
    shares = shares_of(output.size * size[0] * size[1], WORTH_THREADS)
    _with_indices(images, *size, *stride, SIGNS[mode], output, indices, shares)


# Each of these pools one share of the output's rows, those of all planes taken together.


@in_shares
def _max(images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int) -> None:
    first, last, columns = _rows(output, share, shares)
    for row in range(first, last):
        corner, _ = _corner(images, output, row, down)
        largest(images, corner, images.shape[3], height, width, right, output, row * columns, columns)


@in_shares
def _min(images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int) -> None:
    first, last, columns = _rows(output, share, shares)
    for row in range(first, last):
        corner, _ = _corner(images, output, row, down)
        smallest(images, corner, images.shape[3], height, width, right, output, row * columns, columns)


@in_shares
def _average(
    images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int
) -> None:
    first, last, columns = _rows(output, share, shares)
    for row in range(first, last):
        corner, _ = _corner(images, output, row, down)
        average(images, corner, images.shape[3], height, width, right, output, row * columns, columns)


@in_shares
def _median(
    images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int
) -> None:
    first, last, columns = _rows(output, share, shares)
    corners = np.empty(last - first, np.intp)
    for row in range(first, last):
        corners[row - first], _ = _corner(images, output, row, down)
    pixels, result = images.reshape(images.size), output.reshape(output.size)[first * columns : last * columns]
    medians(pixels, corners, images.shape[3], (height, width), right, result, columns)


@in_shares
def _with_indices(
    images: Floats,
    height: int,
    width: int,
    down: int,
    right: int,
    sign: int,
    output: Floats,
    indices: Integers,
    share: int,
    shares: int,
) -> None:
    first, last, columns = _rows(output, share, shares)
    pitch = images.shape[3]
    for row in range(first, last):
        corner, in_plane = _corner(images, output, row, down)
        to = row * columns
        if sign > 0:
            find_largest(images, corner, pitch, height, width, right, output, indices, to, in_plane, columns)
        else:
            find_smallest(images, corner, pitch, height, width, right, output, indices, to, in_plane, columns)


@inner
def _rows(output: Floats, share: int, shares: int) -> tuple[int, int, int]:
    """Return the first row of the share, of all planes taken together, the one behind its last, and the columns."""
    batch, channels, rows, columns = output.shape
    rows *= batch * channels
    return rows * share // shares, rows * (share + 1) // shares, columns


@inner
def _corner(images: Floats, output: Floats, row: int, down: int) -> tuple[int, int]:
    """Return where the first window of a row of the output begins: among all pixels, and in its plane."""
    plane, line = row // output.shape[2], row % output.shape[2] * down
    return (plane * images.shape[2] + line) * images.shape[3], line * images.shape[3]


POOLS = {"max": _max, "min": _min, "average": _average, "median": _median}
