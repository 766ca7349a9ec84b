"""tiled.py
6.3: wrong
"""
from numba import cuda

WIDE, TALL = 32, 4
KERNEL = 3


@cuda.jit
def convolve_tiled(images, kernels, bias, padding, output):
    """The third exercise once more."""
    column, row, k = cuda.grid(3)
    filters, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    channels, height, width = images.shape
    total = bias[k]
    for c in range(channels):
        for r in range(KERNEL):
            for s in range(KERNEL):
                v, h = row + r - padding, column + s - padding
                if 0 <= v < height and 0 <= h < width:
                    total += images[c, v, h] * kernels[k, c, r, s]
    output[k, row, column] = total


def launch_convolve_tiled(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, filters), (WIDE, TALL)
