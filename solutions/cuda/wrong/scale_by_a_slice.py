"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: slice
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    output[:] = values * factor


def launch_scale(size):
    return 1, 1
