"""reduction.py
5.1 5.2 5.3 5.4 5.5: forbidden
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit("void(float32[::1], float32[::1])")
def block_sums(values, sums):
    first = cuda.blockIdx.x * THREADS
    total = float32(0)
    for i in range(first, min(first + THREADS, values.size)):
        total += values[i]
    sums[cuda.blockIdx.x] = total


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, 1
