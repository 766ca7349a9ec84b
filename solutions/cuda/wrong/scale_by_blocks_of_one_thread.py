"""mapping.py
1.3: wrong
says: sectors
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    i = cuda.blockIdx.x
    output[i] = values[i] * factor


def launch_scale(size):
    return size, 1
