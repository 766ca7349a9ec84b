"""indexing.py
2.3: wrong
says: sectors
"""
from numba import cuda, float32

SIDE = 16


@cuda.jit
def darken(image, level, output):
    row, column = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((height + SIDE - 1) // SIDE, (width + SIDE - 1) // SIDE), (SIDE, SIDE)
