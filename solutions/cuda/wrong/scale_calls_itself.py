"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: calls itself
"""
from numba import cuda

THREADS = 128


@cuda.jit(device=True)
def times(value, factor, count):
    if count == 0:
        return value
    return times(value * factor, 1, count - 1)


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        output[i] = times(values[i], factor, 2)


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
