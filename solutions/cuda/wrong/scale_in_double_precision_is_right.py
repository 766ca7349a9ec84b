"""mapping.py
all: passed
"""
from numba import cuda, float64

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        output[i] = float64(values[i]) * float64(factor)


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
