"""indexing.py
all: passed
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def darken(image, level, output):
    i = cuda.grid(1)
    width = image.shape[1]
    if i < image.size:
        row, column = i // width, i % width
        value = image[row, column]
        output[row, column] = value - level if value > level else float32(0)


def launch_darken(height, width):
    return (height * width + THREADS - 1) // THREADS, THREADS
