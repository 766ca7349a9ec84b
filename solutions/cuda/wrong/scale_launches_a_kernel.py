"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
"""
from numba import cuda

THREADS = 128


@cuda.jit
def one(values, factor, output, i):
    output[i] = values[i] * factor


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        one[1, 1](values, factor, output, i)


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
