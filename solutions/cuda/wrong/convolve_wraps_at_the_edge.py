"""direct.py
3.1 3.2 3.3 3.4 3.5: wrong
"""
from numba import cuda

WIDE, TALL = 32, 4


@cuda.jit
def convolve(images, kernels, bias, padding, output):
    column, row, k = cuda.grid(3)
    filters, rows, columns = output.shape
    if row >= rows or column >= columns:
        return
    channels, height, width = images.shape
    total = bias[k]
    for c in range(channels):
        for r in range(kernels.shape[2]):
            for s in range(kernels.shape[3]):
                v, h = row + r - padding, column + s - padding
                if v < height and h < width:
                    total += images[c, v, h] * kernels[k, c, r, s]
    output[k, row, column] = total


def launch_convolve(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, filters), (WIDE, TALL)
