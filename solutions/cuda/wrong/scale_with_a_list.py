"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: list
"""
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    pair = [factor, 0]
    if i < values.size:
        output[i] = values[i] * pair[0] + pair[1]


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
