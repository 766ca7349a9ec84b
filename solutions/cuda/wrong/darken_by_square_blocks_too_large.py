"""indexing.py
2.1 2.2 2.3 2.4 2.5: wrong
says: 1,024
"""
from numba import cuda, float32

SIDE = 33


@cuda.jit
def darken(image, level, output):
    column, row = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((width + SIDE - 1) // SIDE, (height + SIDE - 1) // SIDE), (SIDE, SIDE)
