"""mapping.py
attack: launches 2 ** 41 threads
all: timed out
says: threads are launched, but at most
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < output.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return 2147483647, 1024
