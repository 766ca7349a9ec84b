"""Gradient of pooling on the CPU: each window hands its output's gradient to the pixels that made the output.

Windows may overlap, so a pixel adds up what it gets. One thread does all windows of a channel, in one order: the sums are
the same each time. A window with a NaN has NaN as its maximum and its minimum: the first NaN gets the gradient. For the
median, NaN sorts last, as in NumPy.
"""

import numpy as np

from kernels.cpu.compiled import inner
from kernels.cpu.extremes import find_largest, find_smallest
from kernels.cpu.panel import INDEX
from kernels.cpu.pooling import SIGNS, WORTH_THREADS
from kernels.cpu.shares import in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.vectors import aligned, flat
from kernels.modes import MISFIT, cannot_differentiate
from kernels.types import Floats, Integers, Size


def pool2d_gradient(
    images: Floats, upstream: Floats, size: Size, stride: Size, mode: str, indices: Integers | None, for_images: Floats
) -> None:
    """Write the loss's gradient by images, (N, C, H, W), given the one by the pooled images, (N, C, OH, OW).

    indices, (N, C, OH, OW), say which pixel made each output; None where that is not known.
    """
    shares = shares_of(upstream.size * size[0] * size[1], WORTH_THREADS)
    if indices is not None:
        _to_indices(indices, upstream, *size, *stride, for_images, shares)
    elif mode in SIGNS:
        _to_extremes(images, upstream, *size, *stride, SIGNS[mode], for_images, shares)
    elif mode == "average":
        _to_all(upstream, *size, *stride, for_images, shares)
    elif mode == "median":
        _to_the_middle(images, upstream, *size, *stride, for_images, shares)
    else:
        raise cannot_differentiate("cpu", mode)


# Each of these does one share of the planes.


@in_shares
def _to_indices(
    indices: Integers,
    upstream: Floats,
    height: int,
    width: int,
    down: int,
    right: int,
    for_images: Floats,
    share: int,
    shares: int,
) -> None:
    batch, channels, rows, columns = upstream.shape
    pitch, count = for_images.shape[3], rows * columns
    corners = aligned(count, INDEX)  # where in a plane each window begins
    for row in range(rows):
        for column in range(columns):
            corners[row * columns + column] = row * down * pitch + column * right
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        n, c = plane // channels, plane % channels
        places, gains, gradient = flat(indices[n, c]), flat(upstream[n, c]), flat(for_images[n, c])
        if not _fit(places, corners, pitch, height, width):
            raise ValueError(MISFIT)
        gradient[:] = 0
        for i in range(count):
            gradient[np.uint64(places[i])] += gains[i]


@inner
def _fit(places: Integers, corners: Integers, pitch: int, height: int, width: int) -> bool:
    """Return whether each place is in its window."""
    inside = 0  # a place is in at most one row of its window
    for r in range(height):
        for i in range(len(places)):
            column = places[i] - corners[i] - r * pitch
            inside += (column >= 0) & (column < width)
    return inside == len(places)


@in_shares
def _to_extremes(
    images: Floats,
    upstream: Floats,
    height: int,
    width: int,
    down: int,
    right: int,
    sign: int,
    for_images: Floats,
    share: int,
    shares: int,
) -> None:
    batch, channels, rows, columns = upstream.shape
    pitch, size = images.shape[3], images.shape[2] * images.shape[3]
    best, places = aligned(columns, images.dtype), aligned(columns, INDEX)
    gradient, gains = flat(for_images), flat(upstream)
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        for i in range(plane * size, (plane + 1) * size):
            gradient[np.uint64(i)] = 0
        for row in range(rows):
            corner, at = plane * size + row * down * pitch, (plane * rows + row) * columns
            if sign > 0:
                find_largest(images, corner, pitch, height, width, right, best, places, 0, corner, columns)
            else:
                find_smallest(images, corner, pitch, height, width, right, best, places, 0, corner, columns)
            for x in range(columns):
                gradient[np.uint64(places[x])] += gains[np.uint64(at + x)]


@in_shares
def _to_all(
    upstream: Floats, height: int, width: int, down: int, right: int, for_images: Floats, share: int, shares: int
) -> None:
    batch, channels, rows, columns = upstream.shape
    part = upstream.dtype.type(1) / upstream.dtype.type(height * width)
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        gradient, gains = for_images[plane // channels, plane % channels], upstream[plane // channels, plane % channels]
        gradient[:] = 0
        for row in range(rows):
            for r in range(height):
                line = gradient[row * down + r]
                for s in range(width):
                    for x in range(columns):
                        line[x * right + s] += gains[row, x] * part


@in_shares
def _to_the_middle(
    images: Floats,
    upstream: Floats,
    height: int,
    width: int,
    down: int,
    right: int,
    for_images: Floats,
    share: int,
    shares: int,
) -> None:
    batch, channels, rows, columns = upstream.shape
    half = upstream.dtype.type(0.5)
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        n, c = plane // channels, plane % channels
        gradient = for_images[n, c]
        gradient[:] = 0
        for row in range(rows):
            for column in range(columns):
                lower, upper = _middle(images[n, c], row * down, column * right, height, width)
                gradient[lower] += upstream[n, c, row, column] * half
                gradient[upper] += upstream[n, c, row, column] * half


@inner
def _middle(image: Floats, top: int, left: int, height: int, width: int) -> tuple[Size, Size]:
    """Return the places of the two values in the middle of a stable sort; of an odd number of values it is one, twice.

    A value's position is the number of those that are smaller, or equal and earlier: counting needs no memory.
    """
    count = height * width
    lower = upper = top, left
    for v in range(top, top + height):
        for h in range(left, left + width):
            value = image[v, h]
            position = 0
            for y in range(top, top + height):
                for x in range(left, left + width):
                    other = image[y, x]
                    smaller = other < value or (value != value and other == other)
                    equal = other == value or (value != value and other != other)
                    position += smaller or (equal and (y, x) < (v, h))
            if position == (count - 1) // 2:
                lower = v, h
            if position == count // 2:
                upper = v, h
    return lower, upper
