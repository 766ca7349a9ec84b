"""direct.py
3.3: wrong
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
    output[k, row, column] = bias[k]
    for c in range(channels):
        for r in range(kernels.shape[2]):
            for s in range(kernels.shape[3]):
                v, h = row + r - padding, column + s - padding
                if 0 <= v < height and 0 <= h < width:
                    output[k, row, column] += images[c, v, h] * kernels[k, c, r, s]


def launch_convolve(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, filters), (WIDE, TALL)
