"""mapping.py
attack: reads and writes so often that the record of it would fill the memory
all: timed out
says: reads and writes memory too often
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    i = cuda.threadIdx.x % output.size
    for j in range(50000):
        output[i] = values[i] * factor


def launch_scale(size):
    return 64, 1024
