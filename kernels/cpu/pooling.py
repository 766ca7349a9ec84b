"""Pooling on the CPU: many windows at once, one in each lane of a vector."""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.extremes import find_largest, find_smallest
from kernels.cpu.medians import medians
from kernels.cpu.shares import in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.windows import largest, smallest, total
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
    pixels, corners, result, columns = _rows(images, down, output, share, shares)
    for row in range(len(corners)):
        largest(pixels, corners[row], images.shape[3], (height, width), right, result, row * columns, columns)


@in_shares
def _min(images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int) -> None:
    pixels, corners, result, columns = _rows(images, down, output, share, shares)
    for row in range(len(corners)):
        smallest(pixels, corners[row], images.shape[3], (height, width), right, result, row * columns, columns)


@in_shares
def _average(
    images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int
) -> None:
    pixels, corners, result, columns = _rows(images, down, output, share, shares)
    for row in range(len(corners)):
        total(pixels, corners[row], images.shape[3], (height, width), right, result, row * columns, columns)
    count = result.dtype.type(height * width)
    for i in range(len(result)):
        result[i] /= count


@in_shares
def _median(
    images: Floats, height: int, width: int, down: int, right: int, output: Floats, share: int, shares: int
) -> None:
    pixels, corners, result, columns = _rows(images, down, output, share, shares)
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
    _, channels, rows, _ = output.shape
    pitch = images.shape[3]
    lines = len(output) * channels * rows
    for line in range(lines * share // shares, lines * (share + 1) // shares):
        n, c, row = line // rows // channels, line // rows % channels, line % rows
        best, places = output[n, c, row], indices[n, c, row]
        plane = images[n, c].reshape(images[n, c].size)
        if sign > 0:
            find_largest(plane, row * down * pitch, pitch, height, width, right, best, places)
        else:
            find_smallest(plane, row * down * pitch, pitch, height, width, right, best, places)


@inner
def _rows(images: Floats, down: int, output: Floats, share: int, shares: int) -> tuple[Floats, Integers, Floats, int]:
    """Return all pixels, where in them the first window of each row of the share begins, its results, and the columns."""
    batch, channels, plane_rows, columns = output.shape
    rows = batch * channels * plane_rows
    first, last = rows * share // shares, rows * (share + 1) // shares
    corners = np.empty(last - first, np.intp)
    for row in range(first, last):
        corners[row - first] = (row // plane_rows * images.shape[2] + row % plane_rows * down) * images.shape[3]
    return images.reshape(images.size), corners, output.reshape(output.size)[first * columns : last * columns], columns


POOLS = {"max": _max, "min": _min, "average": _average, "median": _median}
