"""mapping.py
attack: replaces cuda.jit by a function of its own
all: forbidden
says: Write NAME = value.
"""
from numba import cuda


def jit(function):
    return function


cuda.jit = jit


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < output.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + 255) // 256, 256
