"""pooling.py
4.1 4.2 4.3 4.4 4.5: wrong
"""
from numba import cuda, float32

WIDE, TALL = 32, 4


@cuda.jit
def max_pool(images, output):
    column, row, c = cuda.grid(3)
    channels, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    total = float32(0)
    for r in range(3):
        for s in range(3):
            value = images[c, 2 * row + r, 2 * column + s]
            total += value
    output[c, row, column] = total / float32(9)


def launch_max_pool(channels, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, channels), (WIDE, TALL)
