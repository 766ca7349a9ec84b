"""mapping.py
1.1 1.3 1.4 1.5: wrong
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    for i in range(cuda.grid(1), values.size, 2 * cuda.gridsize(1)):
        output[i] = values[i] * factor


def launch_scale(size):
    return 4, 64
