"""Gradient of pooling on the CPU: each window hands its output's gradient to the pixels that made the output.

Windows may overlap, so a pixel adds up what it gets. One thread does all windows of a channel, in reading order: the sums
are the same each time. A window with a NaN has NaN as its maximum and its minimum: the first NaN gets the gradient. For the
median, NaN sorts last, as in NumPy.
"""

import numpy as np
from numba import get_num_threads, njit, prange

from kernels.cpu.compiled import compiled
from kernels.cpu.pooling import AVERAGE, MAX, MEDIAN, MIN, NUMBERS, UNKNOWN, WORTH_THREADS
from kernels.modes import cannot_differentiate


def pool2d_gradient(images, upstream, size, stride, mode, for_images):
    """Write the loss's gradient by images, (N, C, H, W), given the one by the pooled images, (N, C, OH, OW)."""
    number = NUMBERS.get(mode, UNKNOWN)
    for_images.fill(0)
    if upstream.size * size[0] * size[1] < WORTH_THREADS:
        known = _share(images, upstream, *size, *stride, number, for_images, 0, 1)
    else:
        known = _all_shares(images, upstream, *size, *stride, number, for_images, get_num_threads())
    if not known:
        raise cannot_differentiate("cpu", mode)


@compiled(parallel=True)
def _all_shares(images, upstream, height, width, down, right, mode, for_images, threads):
    known = np.empty(threads, np.bool_)  # returned, since what a thread raises is lost
    for share in prange(threads):
        known[share] = _share(images, upstream, height, width, down, right, mode, for_images, share, threads)
    return known.all()


@compiled
def _share(images, upstream, height, width, down, right, mode, for_images, share, shares):
    """Hand back the gradients of one share of the planes. Return whether the mode is known."""
    batch, channels, rows, columns = upstream.shape
    half, one = upstream.dtype.type(0.5), upstream.dtype.type(1)
    part = one / upstream.dtype.type(height * width)
    for plane in range(batch * channels * share // shares, batch * channels * (share + 1) // shares):
        n, c = plane // channels, plane % channels
        image, gradient = images[n, c], for_images[n, c]
        for row in range(rows):
            for column in range(columns):
                top, left, gain = row * down, column * right, upstream[n, c, row, column]
                if mode == AVERAGE:
                    for v in range(top, top + height):
                        for h in range(left, left + width):
                            gradient[v, h] += gain * part
                elif mode == MEDIAN:
                    lower, upper = _middle(image, top, left, height, width)
                    gradient[lower] += gain * half
                    gradient[upper] += gain * half
                elif mode == MAX:
                    gradient[_largest(image, top, left, height, width, one)] += gain
                elif mode == MIN:
                    gradient[_largest(image, top, left, height, width, -one)] += gain
                else:
                    return False
    return True


@njit
def _largest(image, top, left, height, width, sign):
    """Return the first place of the window's largest value, or with sign -1 smallest; of its first NaN if there is one."""
    best, row, column = sign * image[top, left], top, left
    for v in range(top, top + height):
        for h in range(left, left + width):
            value = sign * image[v, h]
            better = (value > best) | (value != value) & (best == best)
            best = value if better else best  # selected, not jumped to: which value is the largest cannot be foreseen
            row = v if better else row
            column = h if better else column
    return row, column


@njit
def _middle(image, top, left, height, width):
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
