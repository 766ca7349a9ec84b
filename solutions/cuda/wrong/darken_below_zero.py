"""indexing.py
2.1 2.2 2.3 2.4 2.5: wrong
"""
from numba import cuda

WIDE, TALL = 32, 8


@cuda.jit
def darken(image, level, output):
    column, row = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = image[row, column] - level


def launch_darken(height, width):
    return ((width + WIDE - 1) // WIDE, (height + TALL - 1) // TALL), (WIDE, TALL)
