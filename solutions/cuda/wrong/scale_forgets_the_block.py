"""mapping.py
1.1 1.2 1.3 1.4 1.5: wrong
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.threadIdx.x
    if i < values.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
