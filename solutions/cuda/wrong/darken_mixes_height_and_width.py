"""indexing.py
2.1 2.2 2.3 2.4 2.5: wrong
"""
from numba import cuda, float32

WIDE, TALL = 32, 8


@cuda.jit
def darken(image, level, output):
    column, row = cuda.grid(2)
    width, height = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((width + WIDE - 1) // WIDE, (height + TALL - 1) // TALL), (WIDE, TALL)
