"""Pooling on the CPU: many windows at once, one in each lane of a vector."""

import numpy as np
from numba import get_num_threads, prange

from kernels.cpu.compiled import compiled
from kernels.cpu.medians import medians
from kernels.cpu.windows import largest, smallest, total
from kernels.modes import cannot_pool

MAX, MIN, AVERAGE, MEDIAN = range(4)  # compiled code compares numbers quicker than texts
NUMBERS = {"max": MAX, "min": MIN, "average": AVERAGE, "median": MEDIAN}
UNKNOWN = -1
WORTH_THREADS = 500_000  # values of windows: fewer are reduced before a second thread has begun


def pool2d(images, size, stride, mode, output):
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    number = NUMBERS.get(mode, UNKNOWN)
    if output.size * size[0] * size[1] < WORTH_THREADS:
        known = _pool(images, *size, *stride, number, output, 0, 1)
    else:
        known = _pool_shares(images, *size, *stride, number, output, get_num_threads())
    if not known:
        raise cannot_pool("cpu", mode)


@compiled(parallel=True)
def _pool_shares(images, height, width, down, right, mode, output, threads):
    known = np.empty(threads, np.bool_)  # returned, since what a thread raises is lost
    for share in prange(threads):
        known[share] = _pool(images, height, width, down, right, mode, output, share, threads)
    return known.all()


@compiled
def _pool(images, height, width, down, right, mode, output, share, shares):
    """Pool one share of the output's rows, those of all planes taken together. Return whether the mode is known."""
    batch, channels, plane_rows, columns = output.shape
    rows = batch * channels * plane_rows
    first, last = rows * share // shares, rows * (share + 1) // shares
    pixels, pitch = images.reshape(images.size), images.shape[3]
    result = output.reshape(output.size)[first * columns : last * columns]
    corners = np.empty(last - first, np.intp)  # where the first window of each row begins
    for row in range(first, last):
        corners[row - first] = (row // plane_rows * images.shape[2] + row % plane_rows * down) * pitch
    size = height, width
    if mode == MEDIAN:
        medians(pixels, corners, pitch, size, right, result, columns)
    elif mode == MAX:
        for row in range(len(corners)):
            largest(pixels, corners[row], pitch, size, right, result, row * columns, columns)
    elif mode == MIN:
        for row in range(len(corners)):
            smallest(pixels, corners[row], pitch, size, right, result, row * columns, columns)
    elif mode == AVERAGE:
        for row in range(len(corners)):
            total(pixels, corners[row], pitch, size, right, result, row * columns, columns)
        count = result.dtype.type(height * width)
        for i in range(len(result)):
            result[i] /= count
    else:
        return False
    return True
