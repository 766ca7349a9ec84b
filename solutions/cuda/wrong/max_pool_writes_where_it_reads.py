"""pooling.py
4.1 4.2 4.4 4.5: wrong
says: which it may only read
"""
from numba import cuda

WIDE, TALL = 32, 4


@cuda.jit
def max_pool(images, output):
    column, row, c = cuda.grid(3)
    channels, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    best = images[c, 2 * row, 2 * column]
    for r in range(3):
        for s in range(3):
            value = images[c, 2 * row + r, 2 * column + s]
            if value > best or value != value:
                best = value
    output[c, row, column] = best
    images[c, 2 * row, 2 * column] = best


def launch_max_pool(channels, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, channels), (WIDE, TALL)
