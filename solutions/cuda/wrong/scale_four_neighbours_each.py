"""mapping.py
1.3: wrong
says: sectors
"""
from numba import cuda

THREADS, EACH = 128, 4


@cuda.jit
def scale(values, factor, output):
    first = EACH * cuda.grid(1)
    for i in range(first, min(first + EACH, values.size)):
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + THREADS * EACH - 1) // (THREADS * EACH), THREADS
