"""indexing.py
2.4 2.5: wrong
says: 1,024
"""
from numba import cuda, float32


@cuda.jit
def darken(image, level, output):
    row, column = cuda.blockIdx.x, cuda.threadIdx.x
    output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return height, width
