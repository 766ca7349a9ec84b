"""indexing.py
2.2 2.5: wrong
says: ends at
"""
from numba import cuda, float32

WIDE, TALL = 32, 8


@cuda.jit
def darken(image, level, output):
    """In C the threads beyond the right edge would write to the next row, what its own threads write as well."""
    column, row = cuda.grid(2)
    if row < image.shape[0]:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((width + WIDE - 1) // WIDE, (height + TALL - 1) // TALL), (WIDE, TALL)
