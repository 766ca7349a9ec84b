"""mapping.py
attack: loops over a range of 2 ** 62 numbers within another one, each thread from another start
all: timed out
says: takes too many steps
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    total = 0
    for i in range(cuda.threadIdx.x, 1 << 62):
        for j in range(1 << 62):
            total += j
    output[0] = total


def launch_scale(size):
    return (size + 255) // 256, 256
