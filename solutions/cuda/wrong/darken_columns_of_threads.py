"""indexing.py
2.4 2.5: wrong
says: A launch has 1 to 1,024 threads along y
"""

from numba import cuda, float32


@cuda.jit
def darken(image, level, output):
    column, row = cuda.grid(2)
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((width + 7) // 8, 1), (8, height)
