"""mapping.py
1.1 1.4 1.5: wrong
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size - 1:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
