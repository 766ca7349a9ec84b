"""mapping.py
1.1 1.3 1.4: wrong
says: values
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        values[i] *= factor
        output[i] = values[i]


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
