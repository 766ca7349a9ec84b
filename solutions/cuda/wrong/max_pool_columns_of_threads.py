"""pooling.py
4.3 4.4 4.5: wrong
says: A launch has 1 to 1,024 threads along y
"""

from math import inf

from numba import cuda, float32


@cuda.jit
def max_pool(images, output):
    column, row, channel = cuda.grid(3)
    channels, rows, columns = output.shape
    if channel >= channels or row >= rows or column >= columns:
        return
    best = float32(-inf)
    for r in range(3):
        for s in range(3):
            value = images[channel, 2 * row + r, 2 * column + s]
            if value > best or value != value:
                best = value
    output[channel, row, column] = best


def launch_max_pool(channels, rows, columns):
    return ((columns + 7) // 8, 1, channels), (8, rows, 1)
