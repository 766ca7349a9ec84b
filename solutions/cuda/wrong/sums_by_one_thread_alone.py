"""reduction.py
5.3: wrong
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    first = cuda.blockIdx.x * THREADS
    total = float32(0)
    for i in range(first, min(first + THREADS, values.size)):
        total += values[i]
    sums[cuda.blockIdx.x] = total


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, 1
