"""mapping.py
attack: has constants whose digits would fill the memory of whoever computes them
all: crashed
says: SIZE
"""
from numba import cuda

SIZE = 9 ** 9 ** 9 ** 9


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < output.size:
        output[i] = values[i] * factor


def launch_scale(size):
    return (size + 255) // 256, 256
