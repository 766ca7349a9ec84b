"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: np.multiply
"""
import numpy as np
from numba import cuda

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        output[i] = np.multiply(values[i], factor)


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
