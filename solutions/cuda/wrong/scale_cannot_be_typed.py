"""mapping.py
1.1 1.2 1.3 1.4 1.5: crashed
says: of one kind
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        source = values
        if factor == 0:
            source = factor
        output[i] = source[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
