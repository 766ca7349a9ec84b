"""mapping.py
1.1 1.4: wrong
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
