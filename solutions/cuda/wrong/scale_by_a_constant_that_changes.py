"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: SHIFT
"""
from numba import cuda

THREADS = 128
SHIFT = 1


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1) + SHIFT
    if i < values.size:
        output[i] = values[i] * factor


SHIFT = 0


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
