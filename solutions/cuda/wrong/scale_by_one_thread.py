"""mapping.py
1.3: wrong
says: sectors
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    for i in range(values.size):
        output[i] = values[i] * factor


def launch_scale(size):
    return 1, 1
