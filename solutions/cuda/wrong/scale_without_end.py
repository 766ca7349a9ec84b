"""mapping.py
1.1 1.2 1.3 1.4 1.5: timed out
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    while i < values.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + 127) // 128, 128
