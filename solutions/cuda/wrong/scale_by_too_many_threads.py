"""mapping.py
1.1 1.2 1.3 1.4 1.5: wrong
says: 1,024
"""
from numba import cuda

THREADS = 2048


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
