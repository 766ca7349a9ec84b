"""pooling.py
4.1 4.2 4.3 4.4 4.5: wrong
says: which nobody has written yet
"""
import math

from numba import cuda, float32

WIDE, TALL = 32, 4


@cuda.jit
def max_pool(images, output):
    column, row, c = cuda.grid(3)
    channels, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    window = cuda.local.array(10, float32)
    for i in range(9):
        window[i] = images[c, 2 * row + i // 3, 2 * column + i % 3]
    best = window[0]
    for i in range(1, 10):
        if window[i] > best or math.isnan(window[i]):
            best = window[i]
    output[c, row, column] = best


def launch_max_pool(channels, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, channels), (WIDE, TALL)
