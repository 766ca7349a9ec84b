"""pooling.py
4.1 4.2 4.3 4.4 4.5: crashed
says: is a return missing
"""

from math import inf

from numba import cuda, float32

SIZE = 3
STRIDE = 2
THREADS = (32, 4, 1)


@cuda.jit(device=True)
def larger(best, value):
    if value > best or value != value:
        return value




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
    x, y, z = THREADS
    return ((columns + x - 1) // x, (rows + y - 1) // y, (channels + z - 1) // z), THREADS
