"""direct.py
3.2 3.5: wrong
says: negative
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
                inside = 0 <= v < height and 0 <= h < width
                if not inside:
                    v, h = -1, -1
                pixel = images[c, v, h]
                if inside:
                    total += pixel * kernels[k, c, r, s]
    output[k, row, column] = total


def launch_convolve(filters, rows, columns):
    return ((columns + WIDE - 1) // WIDE, (rows + TALL - 1) // TALL, filters), (WIDE, TALL)
