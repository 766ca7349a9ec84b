"""mapping.py
1.4 1.5: wrong
"""
from numba import cuda, int16

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = int16(cuda.grid(1))
    if i < values.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
