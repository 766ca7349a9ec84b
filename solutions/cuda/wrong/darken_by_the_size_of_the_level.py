"""indexing.py
2.4 2.5: wrong
"""

from numba import cuda, float32


@cuda.jit
def darken(image, level, output):
    column, row = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - abs(level), float32(0))


def launch_darken(height, width):
    return ((width + 31) // 32, (height + 7) // 8), (32, 8)
