"""pooling.py
4.4: wrong
says: expected inf
"""

from math import inf

from numba import cuda, float32

SIZE = 3


@cuda.jit
def max_pool(images, output):
    column, row, channel = cuda.grid(3)
    channels, rows, columns = output.shape
    if channel >= channels or row >= rows or column >= columns:
        return
    best = float32(-inf)
    for r in range(SIZE):
        for s in range(SIZE):
            value = images[channel, 2 * row + r, 2 * column + s]
            if value != value or best != best:
                best = best + value
            else:
                best = max(best, min(value, float32(1e30)))
    output[channel, row, column] = best


def launch_max_pool(channels, rows, columns):
    return ((columns + 31) // 32, (rows + 3) // 4, channels), (32, 4, 1)
