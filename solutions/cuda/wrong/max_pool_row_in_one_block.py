"""pooling.py
4.4 4.5: wrong
says: 1 to 1,024 threads along x
"""

from math import inf

from numba import cuda, float32

SIZE = 3
STRIDE = 2


@cuda.jit(device=True)
def larger(best, value):
    return value if value > best or value != value else best


@cuda.jit
def max_pool(images, output):
    column, row, channel = cuda.grid(3)
    channels, rows, columns = output.shape
    if channel >= channels or row >= rows or column >= columns:
        return
    top, left = row * STRIDE, column * STRIDE
    result = float32(-inf)
    for r in range(SIZE):
        for s in range(SIZE):
            result = larger(result, images[channel, top + r, left + s])
    output[channel, row, column] = result


def launch_max_pool(channels, rows, columns):
    return (1, rows, channels), (columns, 1, 1)
